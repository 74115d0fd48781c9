import { type Diagnostic, formatPath } from './diagnostic.ts';

const ansi = { bold: '\u001b[1m', red: '\u001b[31m', yellow: '\u001b[33m', cyan: '\u001b[36m', reset: '\u001b[0m' };

/**
 * Writes a diagnostic as people read it: place, what is wrong, the line with a caret below the place, what to do.
 * @param colour ANSI colours; off for files, pipes and NO_COLOR.
 */
export function formatDiagnostic(diagnostic: Diagnostic, colour = false): string {
  const paint = (style: keyof typeof ansi, text: string) => (colour ? `${ansi[style]}${text}${ansi.reset}` : text);
  const { span, severity, code, message, hint } = diagnostic;
  const place = span
    ? `${span.file}:${span.line}:${span.column}: `
    : diagnostic.path
      ? `${formatPath(diagnostic.path)}: `
      : '';
  const head = paint('bold', place) + paint(severity === 'error' ? 'red' : 'yellow', severity);
  const lines = [`${head}: ${message} [${code}]`];
  if (span && span.excerpt !== '') {
    const gutter = String(span.line);
    // A tab stays a tab before the caret, so that the caret stands below its character whatever a tab's width is.
    const indent = span.excerpt.slice(0, span.column - 1).replace(/[^\t]/g, ' ');
    const width = Math.max(1, Math.min(span.end - span.start, span.excerpt.length - span.column + 1));
    lines.push(
      `  ${gutter} | ${span.excerpt}`,
      `  ${' '.repeat(gutter.length)} | ${indent}${paint('red', '^'.repeat(width))}`,
    );
  }
  if (hint !== undefined) lines.push(`  ${paint('cyan', 'help')}: ${hint}`);
  return lines.join('\n');
}

/** All diagnostics, then a line that counts them. Empty for none. */
export function formatDiagnostics(diagnostics: readonly Diagnostic[], colour = false): string {
  if (diagnostics.length === 0) return '';
  const count = (severity: Diagnostic['severity'], word: string) => {
    const n = diagnostics.filter((d) => d.severity === severity).length;
    return n === 0 ? [] : [`${n} ${word}${n === 1 ? '' : 's'}`];
  };
  const total = [...count('error', 'error'), ...count('warning', 'warning')].join(', ');
  return `${diagnostics.map((d) => formatDiagnostic(d, colour)).join('\n\n')}\n\n${total}\n`;
}
