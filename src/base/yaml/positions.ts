import { type Document, isAlias, isMap, isNode, isScalar, isSeq, type LineCounter, type Pair } from 'yaml';
import type { DataPath, Span } from '../diagnostic.ts';
import { maskedText } from '../secret-url.ts';
import { pairOf } from './linear.ts';
import { type Spelling, writtenPath } from './spelling.ts';

/** A parsed YAML text, kept so that diagnostics can point into it. */
export interface YamlSource {
  readonly file: string;
  readonly text: string;
  readonly document: Document;
  readonly lineCounter: LineCounter;
  /** Keys that the text calls by another name than the schema. */
  readonly spelling?: readonly Spelling[];
  /** The secrets that no message and no excerpt may show; computed only if there is something to report. */
  readonly secrets?: () => SecretPlaces;
}

/** Secrets in a text. */
export interface SecretPlaces {
  /** Offsets, from and to. */
  readonly ranges: readonly (readonly [number, number])[];
  /** Their lines, trimmed. */
  readonly texts: readonly string[];
}

/** Makes a span from offsets in a source text. */
export function spanAt(source: Omit<YamlSource, 'document'>, start: number, end: number): Span {
  const { line, col } = source.lineCounter.linePos(start);
  const lineStart = source.lineCounter.lineStarts[line - 1] ?? 0;
  const lineEnd = source.text.indexOf('\n', lineStart);
  const shown = shownLine(source, lineStart, lineEnd === -1 ? source.text.length : lineEnd).replace(/\r$/, '');
  const excerpt = withoutComment(shown, col - 1);
  return { file: source.file, start, end: Math.max(end, start), line, column: col, excerpt };
}

/** A line without its comment: a password may have been commented out. Before the place, stars keep the columns. */
function withoutComment(line: string, at: number): string {
  const start = commentStart(line);
  if (start === -1 || start + 1 >= line.length) return line;
  const head = line.slice(0, start + 1);
  return at > start ? head + '*'.repeat(line.length - start - 1) : `${head} …`;
}

/**
 * Offset of the `#` that begins a comment: at the margin or after white space, and outside quotes. -1 if there is none.
 */
function commentStart(line: string): number {
  for (let at = 0; at < line.length; at++) {
    const [char = '', before = ' '] = [line[at], line[at - 1]];
    if (char === '#' && /\s/.test(before)) return at;
    if ((char !== '"' && char !== "'") || !/[\s[{,:-]/.test(before)) continue;
    const end = quoteEnd(line, at, char);
    // A quote that is not closed in this line hides no comment.
    if (end === -1) return line.indexOf(' #', at) === -1 ? -1 : line.indexOf(' #', at) + 1;
    at = end;
  }
  return -1;
}

function quoteEnd(line: string, start: number, quote: string): number {
  for (let at = start + 1; at < line.length; at++) {
    if (quote === '"' && line[at] === '\\') at++;
    else if (line[at] === quote && line[at + 1] === quote && quote === "'") at++;
    else if (line[at] === quote) return at;
  }
  return -1;
}

/** A line with its secrets replaced by stars, one per character, so that columns stay the same. */
function shownLine({ text, secrets }: Omit<YamlSource, 'document'>, from: number, to: number): string {
  const line = (secrets?.().ranges ?? []).reduce(
    (shown, [start, end]) => {
      const [first, last] = [Math.max(start, from) - from, Math.min(end, to) - from];
      return first < last ? shown.slice(0, first) + '*'.repeat(last - first) + shown.slice(last) : shown;
    },
    text.slice(from, to),
  );
  return maskedText(line);
}

/**
 * The position of a data path in the text. For a missing path (a missing key) the nearest existing parent.
 * @param target `value` points at the value, `key` at the last key itself (for unknown keys).
 */
export function locate(source: YamlSource, asked: DataPath, target: 'value' | 'key' = 'value'): Span {
  const path = writtenPath(source, asked);
  for (let length = path.length; length >= 0; length--) {
    const range = rangeOf(source.document, path.slice(0, length), length === path.length ? target : 'key');
    if (range !== undefined) return spanAt(source, range[0], range[1]);
  }
  return spanAt(source, 0, 0);
}

/** One step down: the value and, in a mapping, the pair that holds it. */
function descend(node: unknown, step: string | number): { readonly node: unknown; readonly pair?: Pair } | undefined {
  if (isSeq(node) && typeof step === 'number') return { node: node.items[step] };
  if (!isMap(node)) return undefined;
  const pair = pairOf(node, step);
  return pair === undefined ? undefined : { node: pair.value, pair };
}

function rangeOf(document: Document, path: DataPath, target: 'value' | 'key'): readonly [number, number] | undefined {
  let found: ReturnType<typeof descend> = { node: document.contents };
  for (const step of path) {
    found = descend(found.node, step);
    if (found === undefined) return undefined;
  }
  const { node, pair } = found;
  const key = pair?.key;
  // A whole mapping or list is too long to underline, and an empty value too short: their key is underlined instead.
  if ((target === 'key' || !isShort(node)) && isNode(key) && key.range) return [key.range[0], key.range[1]];
  if (!isNode(node) || !node.range) return undefined;
  const [start, end] = node.range;
  return isShort(node) ? [start, end] : [start, start + 1];
}

function isShort(node: unknown): boolean {
  return (isScalar(node) || isAlias(node)) && node.range != null && node.range[1] > node.range[0];
}
