import type * as z from 'zod';
import type { DataPath } from '../../base/diagnostic.ts';
import { nearest } from '../../base/nearest.ts';
import { type ClusterFile, clusterFileSchema } from '../schema/cluster-file.ts';
import { newerKey, olderKeys } from '../schema/synonyms.ts';
import { intactCopy } from './intact.ts';
import { keysAt } from './schema-walk.ts';

type Issue = z.core.$ZodIssue;

/** The valid parts of a file with mistakes, and its broken places. */
export interface IntactFile {
  /** Must be read through `attempt` of intact.ts: reading a broken place throws. */
  readonly file: ClusterFile;
  readonly broken: readonly DataPath[];
}

/**
 * @param data the content of the file.
 * @param issues the findings of its validation.
 */
export function intactFile(data: object, issues: readonly Issue[]): IntactFile {
  // Validation continues after a mistake: its result holds every default and every valid value, and the rest unchanged.
  const result = clusterFileSchema._zod.run({ value: data, issues: [] }, { async: false });
  if (result instanceof Promise) throw new Error('the schema has no asynchronous checks');
  const wrong = issues.filter((issue) => issue.code !== 'unrecognized_keys').map(pathOf);
  const unknown = issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? [issue] : []));
  const doubtful = unknown.flatMap((issue) => doubtfulKeys(pathOf(issue), issue.keys, data));
  const strays = new Set(unknown.flatMap((issue) => issue.keys));
  const file = intactCopy(result.value as ClusterFile, data, [...wrong, ...doubtful], strays);
  return { file, broken: wrong };
}

function pathOf(issue: Issue): DataPath {
  return issue.path.filter((step) => typeof step !== 'symbol');
}

/** The keys that an unknown key may have meant: the nearest one, or any that is not given. */
function doubtfulKeys(path: DataPath, unknown: readonly string[], data: object): DataPath[] {
  const given = path.reduce<unknown>((at, step) => (at as Record<string | number, unknown>)[step], data) as object;
  const keys = keysAt(clusterFileSchema, path);
  const open = keys.filter((key) => !Object.hasOwn(given, key));
  return unknown.flatMap((key) => {
    const near = nearest(key, [...keys, ...olderKeys(path)]);
    const meant = near === undefined ? open : open.filter((one) => one === newerKey(path, near));
    return meant.map((one) => [...path, one]);
  });
}
