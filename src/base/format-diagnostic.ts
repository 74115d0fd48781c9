import { type Diagnostic, formatPath, type Span } from './diagnostic.ts';

const ansi = { bold: '\u001b[1m', red: '\u001b[31m', yellow: '\u001b[33m', cyan: '\u001b[36m', reset: '\u001b[0m' };

type Paint = (style: keyof typeof ansi, text: string) => string;

/** Longest excerpt, in characters. Of a longer line only the part around the place is shown. */
const widestExcerpt = 160;
const contextBefore = 60;

/**
 * Control characters in the user's text must not reach the terminal: each is shown as its picture, one character wide.
 */
function visible(text: string): string {
  return text.replace(/[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu, (char) => {
    const code = char.charCodeAt(0);
    if (char === '\t') return char;
    if (code < 0x20) return String.fromCodePoint(0x2400 + code);
    return code === 0x7f ? '\u2421' : '\ufffd';
  });
}

/** Columns of a text on a terminal: East Asian characters and emoji take two, combining marks none. */
function columns(text: string): number {
  const wide =
    /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
  return [...text].reduce((sum, char) => sum + (/\p{Mark}/u.test(char) ? 0 : wide.test(char) ? 2 : 1), 0);
}

/** The line, with a caret below the place. */
function excerptOf(span: Span, paint: Paint): string[] {
  const at = span.column - 1;
  const long = span.excerpt.length > widestExcerpt;
  const from = long ? Math.max(0, at - contextBefore) : 0;
  const shown = span.excerpt.slice(from, from + (long ? widestExcerpt : span.excerpt.length));
  const [head, tail] = [from > 0 ? '…' : '', from + shown.length < span.excerpt.length ? '…' : ''];
  // A tab before the caret stays a tab, so that the caret is below its character whatever the tab width.
  const before = `${head}${shown.slice(0, at - from)}`;
  const indent = before.replace(/[^\t]+/g, (run) => ' '.repeat(columns(run)));
  const marked = shown.slice(at - from, at - from + Math.max(0, span.end - span.start));
  const gutter = String(span.line);
  return [
    `  ${gutter} | ${visible(`${head}${shown}${tail}`)}`,
    `  ${' '.repeat(gutter.length)} | ${indent}${paint('red', '^'.repeat(Math.max(1, columns(marked))))}`,
  ];
}

/**
 * Formats a diagnostic for people: place, message, the line with a caret below the place, hint.
 * @param colour ANSI colours; off for files, pipes and NO_COLOR.
 */
export function formatDiagnostic(diagnostic: Diagnostic, colour = false): string {
  const paint: Paint = (style, text) => (colour ? `${ansi[style]}${text}${ansi.reset}` : text);
  const { span, severity, code, message, hint, snippet } = diagnostic;
  const place = span
    ? `${span.file}:${span.line}:${span.column}: `
    : diagnostic.path
      ? `${formatPath(diagnostic.path)}: `
      : diagnostic.option
        ? `${diagnostic.option}: `
        : '';
  const head = paint('bold', visible(place)) + paint(severity === 'error' ? 'red' : 'yellow', severity);
  return [
    `${head}: ${visible(message)} [${code}]`,
    ...(span && span.excerpt.trim() !== '' ? excerptOf(span, paint) : []),
    ...(hint === undefined ? [] : [`  ${paint('cyan', 'help')}: ${visible(hint)}`]),
    ...(snippet === undefined ? [] : ['', ...snippet.trimEnd().split('\n').map(visible)]),
  ].join('\n');
}

/** All diagnostics, then a line with their number. Empty if there are none. */
export function formatDiagnostics(diagnostics: readonly Diagnostic[], colour = false): string {
  if (diagnostics.length === 0) return '';
  const count = (severity: Diagnostic['severity'], word: string) => {
    const n = diagnostics.filter((d) => d.severity === severity).length;
    return n === 0 ? [] : [`${n} ${word}${n === 1 ? '' : 's'}`];
  };
  const total = [...count('error', 'error'), ...count('warning', 'warning')].join(', ');
  return `${diagnostics.map((d) => formatDiagnostic(d, colour)).join('\n\n')}\n\n${total}\n`;
}
