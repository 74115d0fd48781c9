import { type DataPath, type Diagnostic, hasErrors, type Report } from '../base/diagnostic.ts';
import { locate, type YamlSource } from '../base/yaml/positions.ts';
import { writtenPath, writtenText } from '../base/yaml/spelling.ts';
import type { Cluster } from './cluster.ts';
import { deriveLazily } from './derive.ts';
import { loadClusterFile } from './load.ts';
import { checkRules } from './rules/index.ts';
import type { Rule } from './rules/rule.ts';
import { withoutSecrets } from './secret-places.ts';

/** A cluster and the text it came from. */
export interface ReadCluster {
  readonly cluster: Cluster;
  readonly source: YamlSource;
}

/**
 * Text to cluster: parse, validate, derive, check. All that is wrong at once, the rules' findings on what is right included; a
 * value only when nothing is an error.
 * @param name the file's name as diagnostics show it.
 * @param more rules of rooms above this one, which know what becomes of the settings.
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

/** What a rule says of a place that is wrong already follows from that. */
function isBelow(path: DataPath = [], place: DataPath): boolean {
  return place.every((step, index) => String(path[index]) === String(step));
}

/** A diagnostic that may say that its path's key, not the value, is what is wrong. */
type Placeable = Diagnostic & { readonly target?: 'key' };

/**
 * Gives every diagnostic that has a path but no place its place in the text, and sorts by it. Paths name keys as the text does.
 * Secrets of the file leave neither by a message nor by an excerpt.
 */
export function placeDiagnostics(found: readonly Placeable[], source: YamlSource): readonly Diagnostic[] {
  const open = (text: string) => withoutSecrets(writtenText(source, text), source);
  return found
    .map(({ message, hint, path, ...rest }) => ({
      ...rest,
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
