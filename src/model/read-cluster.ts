import { type DataPath, type Diagnostic, hasErrors, type Report } from '../base/diagnostic.ts';
import { locate, type YamlSource } from '../base/yaml/positions.ts';
import { writtenPath, writtenText } from '../base/yaml/spelling.ts';
import type { Cluster } from './cluster.ts';
import { deriveLazily } from './derive.ts';
import { loadClusterFile } from './loading/load.ts';
import { withoutSecrets } from './loading/secret-places.ts';
import { checkRules } from './rules/index.ts';
import type { Rule } from './rules/rule.ts';

/** A cluster and the text it came from. */
export interface ReadCluster {
  readonly cluster: Cluster;
  readonly source: YamlSource;
}

/**
 * Text to cluster: parse, validate, derive, check. Reports everything at once, including the rules' findings on valid
 * parts; there is a value only if nothing is an error.
 * @param name the file's name for diagnostics.
 * @param more rules of higher rooms, which know how settings are used.
 */
export function readCluster(text: string, name: string, more: readonly Rule[] = []): Report<ReadCluster> {
  const loaded = loadClusterFile(text, name);
  const readable = loaded.value ?? loaded.intact;
  if (readable === undefined) return { diagnostics: loaded.diagnostics };
  const { file, source } = readable;
  const { cluster, diagnostics: versions } = deriveLazily(file);
  const broken = loaded.intact?.broken ?? [];
  const found = [...versions, ...checkRules(cluster, more)].filter(
    ({ path }) => !broken.some((one) => isBelow(path, one)),
  );
  const diagnostics = placeDiagnostics([...loaded.diagnostics, ...found], source);
  return hasErrors(diagnostics) ? { diagnostics } : { value: { cluster: { ...cluster }, source }, diagnostics };
}

/** A finding at or below a wrong place is only a consequence. */
function isBelow(path: DataPath = [], place: DataPath): boolean {
  return place.every((step, index) => String(path[index]) === String(step));
}

/** A diagnostic that can say that the key of its path is wrong, not the value. */
type Placeable = Diagnostic & { readonly target?: 'key' };

/**
 * Adds the place in the text to every diagnostic with a path, and sorts by it. Paths name keys as the text does.
 * Secrets of the file appear neither in a message nor in an excerpt.
 */
export function placeDiagnostics(found: readonly Placeable[], source: YamlSource): readonly Diagnostic[] {
  const open = (text: string) => withoutSecrets(writtenText(source, text), source);
  return found
    .map(({ message, hint, path, parameters, ...rest }) => ({
      ...rest,
      ...(parameters === undefined ? {} : { parameters: everyText(parameters, open) }),
      ...(path === undefined ? {} : { path: writtenPath(source, path) }),
      message: open(message),
      ...(hint === undefined ? {} : { hint: open(hint) }),
    }))
    .map(({ target, ...diagnostic }) =>
      diagnostic.span || !diagnostic.path
        ? diagnostic
        : { ...diagnostic, span: locate(source, diagnostic.path, target) },
    )
    .sort((a, b) => (a.span?.start ?? 0) - (b.span?.start ?? 0));
}

/** The same value with each text in it replaced, also within lists and mappings. */
function everyText<T>(value: T, replace: (text: string) => string): T {
  const each = (inner: unknown): unknown => {
    if (typeof inner === 'string') return replace(inner);
    if (Array.isArray(inner)) return inner.map(each);
    if (inner === null || typeof inner !== 'object') return inner;
    return Object.fromEntries(Object.entries(inner).map(([key, one]) => [key, each(one)]));
  };
  return each(value) as T;
}
