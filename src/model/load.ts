import { LineCounter, parseAllDocuments } from 'yaml';
import type * as z from 'zod';
import type { Diagnostic, Report } from '../base/diagnostic.ts';
import { nearest } from '../base/nearest.ts';
import { locate, spanAt, type YamlSource } from '../base/yaml-positions.ts';
import { messages } from './messages.ts';
import { type ClusterFile, clusterFileSchema } from './schema/cluster-file.ts';
import { describeAt, keysAt } from './schema-walk.ts';

/** A cluster file is written by hand; what is larger is something else. Bytes. */
export const maxClusterFileBytes = 1024 * 1024;

/** A validated cluster file together with the text it came from, so that later rules can point into it. */
export interface LoadedClusterFile {
  readonly file: ClusterFile;
  readonly source: YamlSource;
}

/** Reads the bytes of a cluster file as text. Reports what is too large or not UTF-8. */
export function decodeClusterFile(bytes: Uint8Array, name: string): Report<string> {
  const at = { file: name, start: 0, end: 0, line: 1, column: 1, excerpt: '' };
  if (bytes.length > maxClusterFileBytes) {
    const message = messages.tooLarge(bytes.length, maxClusterFileBytes);
    return {
      diagnostics: [{ severity: 'error', code: 'file-too-large', message, hint: 'is it a cluster file?', span: at }],
    };
  }
  try {
    return { value: new TextDecoder('utf-8', { fatal: true }).decode(bytes), diagnostics: [] };
  } catch {
    const hint = 'save it as UTF-8, or convert it: iconv -t utf-8';
    return { diagnostics: [{ severity: 'error', code: 'not-utf8', message: messages.notUtf8, hint, span: at }] };
  }
}

/** Parses and validates the text of a cluster file. Every mistake in one go, each with its place. */
export function loadClusterFile(text: string, name: string): Report<LoadedClusterFile> {
  const parsed = parseYaml(text, name);
  if (parsed.value === undefined) return { diagnostics: parsed.diagnostics };
  const { source, data } = parsed.value;
  const result = clusterFileSchema.safeParse(data, { reportInput: true });
  if (result.success) return { value: { file: result.data, source }, diagnostics: [] };
  const diagnostics = result.error.issues.flatMap((issue) => explain(issue, source));
  return { diagnostics: diagnostics.sort((a, b) => (a.span?.start ?? 0) - (b.span?.start ?? 0)) };
}

function parseYaml(text: string, name: string): Report<{ source: YamlSource; data: unknown }> {
  const lineCounter = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter, prettyErrors: false, stringKeys: true });
  const document = 'empty' in documents ? undefined : documents[0];
  const counter = { file: name, text, lineCounter };
  const errors: Diagnostic[] = (document?.errors ?? []).map((error) => ({
    severity: 'error',
    code: `yaml-${error.code.toLowerCase().replaceAll('_', '-')}`,
    message: error.message,
    hint: yamlHints[error.code] ?? 'mend the YAML here',
    span: spanAt(counter, error.pos[0], error.pos[1]),
  }));
  const failed = (code: string, message: string, hint: string): Report<never> => ({
    diagnostics: [...errors, { severity: 'error', code, message, hint, span: spanAt(counter, 0, 0) }],
  });
  if (errors.length > 0) return { diagnostics: errors };
  if (document?.contents == null) return failed('not-a-map', messages.notAMap, 'knode init writes one to begin with');
  if (documents.length > 1)
    return failed('several-documents', messages.severalDocuments, "keep one; remove the '---' lines");
  try {
    const data: unknown = document.toJS({ maxAliasCount: 100 });
    if (typeof data !== 'object' || Array.isArray(data))
      return failed('not-a-map', messages.notAMap, 'begin with apiVersion: knode.dev/v1');
    return { value: { source: { ...counter, document }, data }, diagnostics: [] };
  } catch {
    return failed('yaml-aliases', messages.aliases, 'write the values out');
  }
}

const yamlHints: Partial<Record<string, string>> = {
  DUPLICATE_KEY: 'keep one of them',
  TAB_AS_INDENT: 'indent with spaces',
  BAD_INDENT: 'align it with its neighbours',
  BAD_ALIAS: 'define the anchor before it is used',
};

type Issue = z.core.$ZodIssue;

function explain(issue: Issue, source: YamlSource): Diagnostic[] {
  const path = issue.path.filter((step) => typeof step !== 'symbol');
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(key, path, source));
  const span = locate(source, path);
  if (issue.code === 'invalid_key') {
    const inner = issue.issues[0];
    return inner ? [{ ...describe(inner, path), path, span: locate(source, path, 'key') }] : [];
  }
  if (issue.code === 'invalid_union') {
    const best = issue.errors.flat().find((inner) => inner.code === 'custom') ?? issue.errors.flat()[0];
    return best ? [{ ...describe({ ...best, input: issue.input } as Issue, path), path, span }] : [];
  }
  return [{ ...describe(issue, path), path, span }];
}

function unknownKey(key: string, path: (string | number)[], source: YamlSource): Diagnostic {
  const keys = keysAt(clusterFileSchema, path);
  const near = nearest(key, keys);
  const hint = near === undefined ? messages.knownKeys(keys) : messages.didYouMean(near);
  const span = locate(source, [...path, key], 'key');
  return {
    severity: 'error',
    code: 'unknown-key',
    message: messages.unknownKey(key, path),
    hint,
    path: [...path, key],
    span,
  };
}

function describe(issue: Issue, path: (string | number)[]): Omit<Diagnostic, 'path' | 'span'> {
  const about = describeAt(clusterFileSchema, path) ?? 'see docs/cluster-file.md';
  const error = (code: string, message: string, hint = about) => ({ severity: 'error', code, message, hint }) as const;
  switch (issue.code) {
    case 'custom': {
      const params = issue.params as { code?: string; hint?: string } | undefined;
      return error(params?.code ?? 'invalid-value', issue.message, params?.hint);
    }
    case 'invalid_type':
      if (issue.input === undefined) return error('missing', messages.missing(path));
      return error('wrong-type', messages.wrongType(path, issue.expected, typeName(issue.input)));
    case 'invalid_value': {
      if (issue.input === undefined)
        return error('missing', messages.missing(path), `${about} Write ${issue.values.join(' or ')}.`);
      const near = nearest(String(issue.input), issue.values.map(String));
      return error(
        'invalid-value',
        messages.notOneOf(path, issue.values),
        near === undefined ? about : messages.didYouMean(near),
      );
    }
    case 'too_small':
      return error('out-of-range', messages.tooSmall(path, issue.minimum, issue.origin));
    case 'too_big':
      return error('out-of-range', messages.tooBig(path, issue.maximum));
    default:
      return error('invalid-value', messages.invalid(path, issue.message));
  }
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
