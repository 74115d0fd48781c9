import { readFileSync } from 'node:fs';
import { isAlias, LineCounter, parseDocument, visit } from 'yaml';
import type * as z from 'zod';
import type { Diagnostic, Report, Span } from '../../base/diagnostic.ts';
import { EnvironmentFailure } from '../../base/failure.ts';
import { tellFirst } from '../../base/most-told.ts';
import { nearest } from '../../base/nearest.ts';
import { duplicateKeys } from '../../base/yaml/linear.ts';
import { locate, spanAt, type YamlSource } from '../../base/yaml/positions.ts';
import type { ArtifactNeed } from '../../component/artifact.ts';
import { apiVersion } from '../../model/api-version.ts';
import { artifactId, artifactLabel } from '../catalogue/identity.ts';
import { messages, say } from '../messages.ts';
import { type LockEntry, lockEntrySchema, lockSchema, toLockEntry } from './schema.ts';

/** Name of the lock beside the cluster file. */
export const lockFileName = 'knode.lock.yaml';

/** A parsed lock: the exact bytes of every artifact of a cluster. */
export interface ArtifactLock {
  readonly file: string;
  /** In the order of the file. */
  readonly entries: readonly LockEntry[];
  /** Its text, for places in messages and for rewriting it with its comments. */
  readonly source?: YamlSource;
}

/** The place of an entry in the lock. */
export function entrySpan(lock: ArtifactLock, entry: ArtifactNeed, key = 'name'): Span | undefined {
  const index = lock.entries.findIndex((one) => artifactId(one) === artifactId(entry));
  return lock.source === undefined || index < 0 ? undefined : locate(lock.source, ['artifacts', index, key]);
}

/** Reads a lock from disk. A missing lock is not an error: the report then has neither value nor diagnostics. */
export function readLock(file: string): Report<ArtifactLock> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { diagnostics: [] };
    throw new EnvironmentFailure(say('lock-unreadable', { file, code }));
  }
  return parseLock(text, file);
}

/** Parses and validates a lock. Reports every mistake with its place. */
export function parseLock(text: string, file: string): Report<ArtifactLock> {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, {
    lineCounter,
    prettyErrors: false,
    schema: 'failsafe',
    // `duplicateKeys` finds them faster.
    uniqueKeys: false,
  });
  const source: YamlSource = { file, text, document, lineCounter };
  const broken = yamlErrors(source);
  if (broken.length > 0) return { diagnostics: broken };
  const result = lockSchema.safeParse(document.toJS());
  if (!result.success) return { diagnostics: inOrder(result.error.issues.flatMap((issue) => explain(issue, source))) };
  const entries = result.data.artifacts.map(toLockEntry);
  const twice = duplicates(entries, source);
  return twice.length > 0 ? { diagnostics: twice } : { value: { file, entries, source }, diagnostics: [] };
}

function yamlErrors(source: YamlSource): Diagnostic[] {
  const { document } = source;
  const found = [...document.errors, ...document.warnings].map((problem) => {
    const code = `yaml-${problem.code.toLowerCase().replaceAll('_', '-')}`;
    return error(code, problem.message, spanAt(source, ...problem.pos), 'mend the YAML here');
  });
  for (const place of duplicateKeys(document))
    found.push(error('yaml-duplicate-key', 'Map keys must be unique', spanAt(source, ...place), 'mend the YAML here'));
  visit(document, {
    Node: (_, node) => {
      if (!isAlias(node)) return undefined;
      found.push(error('yaml-aliases', messages.aliases, spanAt(source, ...range(node.range)), 'write the value out'));
      return visit.BREAK;
    },
  });
  if (found.length > 0 || document.toJS({ maxAliasCount: 0 }) instanceof Object) return found;
  return [
    error('not-a-map', messages.notALock, spanAt(source, 0, 0), `begin with apiVersion: ${apiVersion} and kind: Lock`),
  ];
}

function range(offsets: readonly number[] | null | undefined): [number, number] {
  return [offsets?.[0] ?? 0, offsets?.[1] ?? 0];
}

function explain(issue: z.core.$ZodIssue, source: YamlSource): Diagnostic[] {
  const path = issue.path.filter((step) => typeof step !== 'symbol');
  const span = locate(source, path);
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = Object.keys((path.length === 0 ? lockSchema : lockEntrySchema).shape);
      return tellFirst(issue.keys, (key) => {
        const near = nearest(key, known);
        const hint = near === undefined ? messages.knownKeys(known) : messages.didYouMean(near);
        return error('unknown-key', messages.unknownKey(key, path), locate(source, [...path, key], 'key'), hint);
      });
    }
    case 'invalid_type':
    case 'invalid_value': {
      if (!source.document.hasIn(path)) return [error('missing', messages.missing(path), span, messages.mendLock)];
      if (issue.code === 'invalid_value')
        return [error('invalid-value', messages.notOneOf(path, issue.values.map(String)), span, messages.mendLock)];
      return [
        error('wrong-type', messages.wrongType(path, kinds[issue.expected] ?? issue.expected), span, messages.mendLock),
      ];
    }
    default:
      return [error('invalid-value', messages.invalid(path, issue.message), span, messages.mendLock)];
  }
}

const kinds: Readonly<Record<string, string>> = { object: 'a mapping', array: 'a list', string: 'a text' };

/** The same artifact pinned twice, or two artifacts with the same key in a mirror. */
function duplicates(entries: readonly LockEntry[], source: YamlSource): Diagnostic[] {
  const seen = new Map<string, Span>();
  return entries.flatMap((entry, index) => {
    const here = locate(source, ['artifacts', index, 'name']);
    const found: Diagnostic[] = [];
    const first = seen.get(artifactId(entry));
    if (first)
      found.push(
        error('duplicate-artifact', messages.duplicate(artifactLabel(entry), first.line), here, 'keep one of them'),
      );
    else seen.set(artifactId(entry), here);
    if (entry.key === undefined || first) return found;
    const other = seen.get(`key ${entry.key}`);
    const place = locate(source, ['artifacts', index, 'key']);
    if (other)
      found.push(
        error('duplicate-key', messages.duplicateKey(entry.key, other.line), place, 'give each a key of its own'),
      );
    else seen.set(`key ${entry.key}`, place);
    return found;
  });
}

function error(code: string, message: string, span: Span, hint?: string): Diagnostic {
  return { severity: 'error', code, message, span, ...(hint !== undefined && { hint }) };
}

function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...diagnostics].sort((a, b) => (a.span?.start ?? 0) - (b.span?.start ?? 0));
}
