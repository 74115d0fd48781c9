import type { Diagnostic, Report } from '../../base/diagnostic.ts';
import { locate, type YamlSource } from '../../base/yaml/positions.ts';
import { type ClusterFile, clusterFileSchema } from '../schema/cluster-file.ts';
import { inSchemaWords, type Respelled } from '../schema/synonyms.ts';
import { type IntactFile, intactFile } from './broken-places.ts';
import { explainIssue } from './explain-issue.ts';
import { say } from './messages.ts';
import { parseYaml } from './parse-yaml.ts';

/** A cluster file is written by hand; a larger file is something else. Bytes. */
export const maxClusterFileBytes = 1024 * 1024;

/** A validated cluster file together with the text it came from, so that later rules can point into it. */
export interface LoadedClusterFile {
  readonly file: ClusterFile;
  readonly source: YamlSource;
}

/** If the file has mistakes, its valid parts are kept for the rules. */
export interface LoadReport extends Report<LoadedClusterFile> {
  readonly intact?: IntactFile & { readonly source: YamlSource };
}

/** Decodes the bytes of a cluster file as text. Reports a file that is too large or not UTF-8. */
export function decodeClusterFile(bytes: Uint8Array, name: string): Report<string> {
  const at = { file: name, start: 0, end: 0, line: 1, column: 1, excerpt: '' };
  if (bytes.length > maxClusterFileBytes) {
    return {
      diagnostics: [
        { severity: 'error', ...say('file-too-large', { bytes: bytes.length, limit: maxClusterFileBytes }), span: at },
      ],
    };
  }
  try {
    return { value: new TextDecoder('utf-8', { fatal: true }).decode(bytes), diagnostics: [] };
  } catch {
    return { diagnostics: [{ severity: 'error', ...say('not-utf8'), span: at }] };
  }
}

/** Parses and validates a cluster file. Reports every mistake with its place. */
export function loadClusterFile(text: string, name: string): LoadReport {
  const parsed = parseYaml(text, name);
  if (parsed.value === undefined) return { diagnostics: parsed.diagnostics };
  const { data, spelling, doubled } = inSchemaWords(parsed.value.data);
  const source = { ...parsed.value.source, spelling };
  const result = clusterFileSchema.safeParse(data, { reportInput: true });
  if (result.success && doubled.length === 0) return { value: { file: result.data, source }, diagnostics: [] };
  const issues = result.error?.issues ?? [];
  const diagnostics = [...issues.flatMap((issue) => explainIssue(issue, source)), ...twoNames(doubled, source)];
  return { diagnostics, intact: { ...intactFile(data, issues), source } };
}

/** A key with both of its names, reported at the older one. */
function twoNames(doubled: Respelled['doubled'], source: YamlSource): readonly Diagnostic[] {
  return doubled.map(({ section, key, older }) => ({
    severity: 'error',
    ...say('key-twice', { older: [section, older], newer: [section, key], newer2: key, older2: older }),
    path: [section, older],
    span: locate(source, [section, older], 'key'),
  }));
}
