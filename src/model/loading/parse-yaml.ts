import { type Document, isAlias, isScalar, LineCounter, parseAllDocuments, visit, type YAMLParseError } from 'yaml';
import type { Advice } from '../../base/catalogue.ts';
import type { Diagnostic, Report, Span } from '../../base/diagnostic.ts';
import { memoize } from '../../base/memoize.ts';
import { tellFirst } from '../../base/most-told.ts';
import { duplicateKeys, resolveAliases } from '../../base/yaml/linear.ts';
import { type SecretPlaces, spanAt, type YamlSource } from '../../base/yaml/positions.ts';
import { apiVersion } from '../api-version.ts';
import { messages } from '../messages.ts';
import { say, yamlHints } from './messages.ts';
import { secretPlaces } from './secret-places.ts';
import { tooDeepAt } from './yaml-depth.ts';

/** Larger numbers of alias copies make a small text a huge cluster ("billion laughs"). */
const maxAliasCount = 100;

type Text = Omit<YamlSource, 'document'>;

const none: SecretPlaces = { ranges: [], texts: [] };

/** A YAML mapping and the text it came from. */
export interface ParsedYaml {
  readonly source: YamlSource;
  readonly data: object;
}

/** Text to one mapping. Reports mistakes in YAML and in the file as a whole, each with its place. */
export function parseYaml(text: string, name: string): Report<ParsedYaml> {
  const deep = tooDeepAt(text);
  if (deep !== undefined) {
    const span = spanAt({ file: name, text, lineCounter: countLines(text) }, deep, deep + 1);
    return { diagnostics: [{ severity: 'error', ...say('yaml-too-deep'), span }] };
  }
  const lineCounter = new LineCounter();
  const documents = parseAllDocuments(text, {
    lineCounter,
    prettyErrors: false,
    stringKeys: true,
    // `duplicateKeys` finds them faster.
    uniqueKeys: false,
  });
  const [document, second] = 'empty' in documents ? [] : documents;
  const secrets = memoize((_text: string) => (document === undefined ? none : secretPlaces(document, text)));
  const source = { file: name, text, lineCounter, secrets: () => secrets(name) };
  const failed = (said: Advice, span: Span = spanAt(source, 0, 0)): Report<never> => ({
    diagnostics: [{ severity: 'error', ...said, span }],
  });
  if (document === undefined || (document.contents === null && document.errors.length === 0))
    return failed(say('not-a-map/empty'));
  const errors = [...syntaxErrors(document, source), ...unknownAnchors(document, source)];
  if (errors.length > 0) return { diagnostics: errors };
  if (second !== undefined) {
    const span = spanAt(source, second.range[0], second.range[0]);
    return failed(say('several-documents'), span);
  }
  try {
    const data: unknown = document.toJS({ maxAliasCount });
    if (typeof data === 'object' && data !== null && !Array.isArray(data))
      return { value: { source: { ...source, document }, data }, diagnostics: [] };
    return failed(say('not-a-map', { apiVersion }));
  } catch (error) {
    // The library's error for too many aliases; unknown ones were reported above.
    if (!(error instanceof ReferenceError)) throw error;
    return failed(say('yaml-aliases'), firstAlias(document, source));
  }
}

function countLines(text: string): LineCounter {
  const counter = new LineCounter();
  counter.addNewLine(0);
  for (const { index } of text.matchAll(/\n/g)) counter.addNewLine(index + 1);
  return counter;
}

/** One error per line, and none after an unexpected token: later errors are consequences. */
function syntaxErrors(document: Document, source: Text): Diagnostic[] {
  const byLine = new Map<number, FoundError>();
  for (const error of allErrors(document)) {
    const { line } = source.lineCounter.linePos(error.pos[0]);
    if (!byLine.has(line)) byLine.set(line, error);
    if (error.code === 'UNEXPECTED_TOKEN') break;
  }
  return tellFirst([...byLine.values()], (error) => ({ severity: 'error', ...syntaxError(error, document, source) }));
}

type FoundError = Pick<YAMLParseError, 'code' | 'message' | 'pos'>;

function allErrors(document: Document): readonly FoundError[] {
  const twice = duplicateKeys(document).map(
    ([start, end]): FoundError => ({ code: 'DUPLICATE_KEY', message: '', pos: [start, end] }),
  );
  return twice.length === 0 ? document.errors : [...document.errors, ...twice].sort((a, b) => a.pos[0] - b.pos[0]);
}

type SyntaxError = Pick<Diagnostic, 'code' | 'message' | 'hint'> & { readonly span: Span };

function syntaxError(error: FoundError, document: Document, source: Text): SyntaxError {
  const code = `yaml-${error.code.toLowerCase().replaceAll('_', '-')}`;
  const [start, end] = error.pos;
  const hint = error.message.startsWith('Flow ')
    ? messages.closeBracket
    : ((yamlHints as Readonly<Record<string, string>>)[error.code] ?? messages.mendYaml);
  const quote = error.code === 'MISSING_CHAR' ? openQuote(document, start) : undefined;
  if (quote !== undefined)
    return { code, message: messages.openQuote, hint: messages.closeQuote, span: spanAt(source, ...quote) };
  if (error.code === 'DUPLICATE_KEY') {
    const key = /^[^\s:]+/.exec(source.text.slice(start))?.[0] ?? '';
    return { code, message: messages.duplicateKey(key), hint, span: spanAt(source, start, start + key.length) };
  }
  if (error.code === 'NON_STRING_KEY')
    return { code, message: messages.keyNotText, hint, span: spanAt(source, start, end) };
  return { code, message: error.message, hint, span: spanAt(source, start, end) };
}

/** The beginning of an unclosed quote: the parser notices it only at the end of the file. */
function openQuote(document: Document, end: number): [number, number] | undefined {
  let found: [number, number] | undefined;
  visit(document, {
    Scalar(_, { type, range }) {
      if (type?.startsWith('QUOTE_') && range && range[1] === end) found = [range[0], range[0] + 1];
    },
  });
  return found;
}

function unknownAnchors(document: Document, source: Text): Diagnostic[] {
  return tellFirst(resolveAliases(document), (alias) => {
    const [start, end] = alias.range ?? [0, 0];
    return { severity: 'error', ...say('yaml-anchor', { name: alias.source }), span: spanAt(source, start, end) };
  });
}

function firstAlias(document: Document, source: Text): Span {
  let range: readonly [number, number] = [0, 0];
  visit(document, (_, node) => {
    if (!isAlias(node) || !node.range) return isScalar(node) ? visit.SKIP : undefined;
    range = [node.range[0], node.range[1]];
    return visit.BREAK;
  });
  return spanAt(source, ...range);
}
