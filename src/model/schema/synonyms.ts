import type { DataPath } from '../../base/diagnostic.ts';
import type { Spelling } from '../../base/yaml/spelling.ts';

/** A key of the cluster file that has an older name, which stays valid. */
interface Synonym {
  /** The top-level key that contains it. */
  readonly section: string;
  readonly key: string;
  readonly older: string;
}

/** The schema and all code use `key`. `older` is replaced as soon as a file is read. */
export const synonyms: readonly Synonym[] = [{ section: 'nodes', key: 'controlPlane', older: 'masters' }];

/** Data of a cluster file with the schema's names, and the names in the file. */
export interface Respelled {
  readonly data: object;
  readonly spelling: readonly Spelling[];
  /** Keys that the file has with both names; the older one is not in `data`. */
  readonly doubled: readonly Synonym[];
}

/** Replaces older names of keys by those of the schema. The input is not changed. */
export function inSchemaWords(data: object): Respelled {
  return synonyms.reduce<Respelled>(respell, { data, spelling: [], doubled: [] });
}

function respell(before: Respelled, synonym: Synonym): Respelled {
  const { section, key, older } = synonym;
  const inner = (before.data as Readonly<Record<string, unknown>>)[section];
  if (typeof inner !== 'object' || inner === null || Array.isArray(inner) || !Object.hasOwn(inner, older))
    return before;
  const isDoubled = Object.hasOwn(inner, key);
  const entries = Object.entries(inner)
    .filter(([name]) => !isDoubled || name !== older)
    .map(([name, value]) => [name === older ? key : name, value] as const);
  const data = { ...before.data, [section]: Object.fromEntries(entries) };
  if (isDoubled) return { ...before, data, doubled: [...before.doubled, synonym] };
  return { ...before, data, spelling: [...before.spelling, { path: [section, key], written: [section, older] }] };
}

/** Older names of keys that the mapping at a path may have. */
export function olderKeys(path: DataPath): readonly string[] {
  return synonyms.filter(({ section }) => path.length === 1 && path[0] === section).map(({ older }) => older);
}

/** The schema's name of a key of the mapping at a path. */
export function newerKey(path: DataPath, key: string): string {
  const isHere = ({ section, older }: Synonym) => path.length === 1 && path[0] === section && older === key;
  return synonyms.find(isHere)?.key ?? key;
}
