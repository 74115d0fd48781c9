import { describe, expect, test } from 'vitest';
import type { Diagnostic, Span } from '../../src/base/diagnostic.ts';
import { formatDiagnostic, formatDiagnostics } from '../../src/base/format-diagnostic.ts';

/** The span of `word` in a one-line text. */
function spanOf(excerpt: string, word: string, line = 7): Span {
  const start = excerpt.indexOf(word);
  return { file: 'cluster.yaml', start, end: start + word.length, line, column: start + 1, excerpt };
}

const wrong = (span?: Span, over: Partial<Diagnostic> = {}): Diagnostic => ({
  severity: 'error',
  code: 'wrong',
  message: 'it is wrong',
  ...(span ? { span } : {}),
  ...over,
});

/** The text above the carets. */
function underlined(text: string): string {
  const [line = '', carets = ''] = text.split('\n').slice(1);
  const from = carets.indexOf('^');
  return line.slice(from, carets.lastIndexOf('^') + 1);
}

test('shows place, line, caret and remedy', () => {
  expect(formatDiagnostic(wrong(spanOf('name: k8s_1', 'k8s_1'), { hint: 'mend it' }))).toBe(
    ['cluster.yaml:7:7: error: it is wrong [wrong]', '  7 | name: k8s_1', '    |       ^^^^^', '  help: mend it'].join(
      '\n',
    ),
  );
});

test('shows the path without a place, and only the message without both', () => {
  expect(formatDiagnostic(wrong(undefined, { path: ['nodes', 'masters', 0] }))).toBe(
    'nodes.masters[0]: error: it is wrong [wrong]',
  );
  expect(formatDiagnostic(wrong(undefined, { severity: 'warning' }))).toBe('warning: it is wrong [wrong]');
});

describe('the caret', () => {
  test.each([
    ['first', 'first: 1'],
    ['last', 'first: last'],
    ['first: 1', 'first: 1'],
  ])('is below %s', (word, line) => {
    expect(underlined(formatDiagnostic(wrong(spanOf(line, word))))).toBe(word);
  });

  test('keeps the tabs before it', () => {
    const lines = formatDiagnostic(wrong(spanOf('a:\t{\tbad: 1 }', 'bad'))).split('\n');
    expect(lines[2]).toBe('    |   \t \t^^^');
  });

  test('is as wide as the marked text on a terminal', () => {
    const lines = formatDiagnostic(wrong(spanOf('a: 日本, 株式会社 ok', '株式会社'))).split('\n');
    expect(lines[2]).toBe(`    | ${' '.repeat(9)}${'^'.repeat(8)}`);
    const accent = formatDiagnostic(wrong(spanOf('e\u0301: bad', 'bad'))).split('\n');
    expect(accent[2]).toBe('    |    ^^^');
  });

  test('ends with the line if the value continues', () => {
    const span = { ...spanOf('a: |', '|'), end: 500 };
    expect(formatDiagnostic(wrong(span)).split('\n')[2]).toBe('    |    ^');
  });

  test('is one wide for an empty span', () => {
    const span = { ...spanOf('a:', 'a'), start: 2, end: 2, column: 3 };
    expect(formatDiagnostic(wrong(span)).split('\n')[2]).toBe('    |   ^');
  });

  test('finds its place in a line of a megabyte', () => {
    const line = `${'a, '.repeat(200_000)}HERE${', b'.repeat(200_000)}`;
    const text = formatDiagnostic(wrong(spanOf(line, 'HERE')));
    expect(text.length).toBeLessThan(500);
    expect(underlined(text)).toBe('HERE');
    expect(text.split('\n')[1]).toMatch(/^ {2}7 \| ….*HERE.*…$/);
  });
});

test('control characters of a file never reach the terminal', () => {
  const span = spanOf('name: \u001b]0;owned\u0007x\u009b\u202e', 'x');
  const text = formatDiagnostic(
    wrong({ ...span, file: 'a\u001b[2J.yaml' }, { message: 'a\nb\u007f', hint: 'c\u001b[1m' }),
  );
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
  expect(text).toContain('error: a␊b␡ [wrong]');
  expect(text).toContain('help: c␛[1m');
});

test('an empty line has no excerpt', () => {
  expect(formatDiagnostic(wrong(spanOf('', '')))).toBe('cluster.yaml:7:1: error: it is wrong [wrong]');
});

describe('colour', () => {
  test('only adds: the text without it is the same', () => {
    const one = wrong(spanOf('name: k8s_1', 'k8s_1'), { hint: 'mend it' });
    const coloured = formatDiagnostic(one, true);
    expect(coloured).toContain('\u001b[31merror\u001b[0m');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what it takes away
    expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(formatDiagnostic(one));
  });

  test('a warning is yellow', () => {
    expect(formatDiagnostic(wrong(undefined, { severity: 'warning' }), true)).toContain('\u001b[33mwarning\u001b[0m');
  });
});

test('the count at the end', () => {
  const [error, warning] = [wrong(), wrong(undefined, { severity: 'warning' })];
  expect(formatDiagnostics([])).toBe('');
  expect(formatDiagnostics([error])).toMatch(/\n\n1 error\n$/);
  expect(formatDiagnostics([warning, warning])).toMatch(/\n\n2 warnings\n$/);
  expect(formatDiagnostics([error, warning, error])).toMatch(/\n\n2 errors, 1 warning\n$/);
});
