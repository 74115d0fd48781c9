import { describe, expect, test } from 'vitest';
import { LineCounter, parseDocument } from 'yaml';
import type { DataPath } from '../../src/base/diagnostic.ts';
import { locate, spanAt, type YamlSource } from '../../src/base/yaml/positions.ts';

function source(text: string): YamlSource {
  const lineCounter = new LineCounter();
  return { file: 'a.yaml', text, lineCounter, document: parseDocument(text, { lineCounter }) };
}

/** The piece of text that a path is located at. */
function textAt(text: string, path: DataPath, target?: 'key'): string {
  const span = locate(source(text), path, target);
  return `${span.line}:${span.column} ${text.slice(span.start, span.end)}`;
}

const sample = `# comment
name: prod
nodes:
  masters:
    - { name: m1, address: "10.0.0.11" }
    - name: m2
      address: 10.0.0.12
list: [a, [b, c]]
empty:
shared: &s { x: 1 }
alias: *s
text: |
  two
  lines
`;

describe('a value', () => {
  test.each<[DataPath, string]>([
    [['name'], '2:7 prod'],
    [['nodes', 'masters', 0, 'address'], '5:28 "10.0.0.11"'],
    [['nodes', 'masters', 1, 'address'], '7:16 10.0.0.12'],
    [['list', 1, 0], '8:12 b'],
    [['alias'], '11:8 *s'],
  ])('at %j', (path, text) => {
    expect(textAt(sample, path)).toBe(text);
  });
});

describe('that is too long or too short to underline is shown at its key', () => {
  test.each<[DataPath, string]>([
    [['nodes'], '3:1 nodes'],
    [['nodes', 'masters'], '4:3 masters'],
    [['list'], '8:1 list'],
    [['empty'], '9:1 empty'],
    [['nodes', 'masters', 0], '5:7 {'],
    [['nodes', 'masters', 1], '6:7 n'],
    [['list', 1], '8:11 ['],
  ])('%j', (path, text) => {
    expect(textAt(sample, path)).toBe(text);
  });
});

describe('a missing value is shown at its nearest parent', () => {
  test.each<[DataPath, string]>([
    [['missing'], '2:1 n'],
    [['nodes', 'workers', 3, 'name'], '3:1 nodes'],
    [['nodes', 'masters', 9], '4:3 masters'],
    [['name', 'deeper'], '2:1 name'],
    [['alias', 'x'], '11:1 alias'],
  ])('%j', (path, text) => {
    expect(textAt(sample, path)).toBe(text);
  });

  test('an empty text has a place, too', () => {
    expect(locate(source(''), ['a'])).toEqual({ file: 'a.yaml', start: 0, end: 0, line: 1, column: 1, excerpt: '' });
  });
});

test('a key is shown at itself', () => {
  expect(textAt(sample, ['nodes', 'masters', 1, 'address'], 'key')).toBe('7:7 address');
  expect(textAt('"a b": 1\n', ['a b'], 'key')).toBe('1:1 "a b"');
  expect(textAt('1: x\n', [1], 'key')).toBe('1:1 1');
});

test('an excerpt is one line, without its line end', () => {
  expect(locate(source('a: 1\r\nbad: 2\r\n'), ['bad']).excerpt).toBe('bad: 2');
  expect(locate(source('a: 1\nbad: 2'), ['bad']).excerpt).toBe('bad: 2');
});

test('a span never ends before it starts', () => {
  expect(spanAt(source('a: 1\n'), 3, 1)).toMatchObject({ start: 3, end: 3, line: 1, column: 4 });
});

test.each([
  ['a: 1 # password: x', 0, 'a: 1 # …'],
  ['a: "x # y" # z', 0, 'a: "x # y" # …'],
  ["a: it's # z", 0, "a: it's # …"],
  ['a: b#c', 0, 'a: b#c'],
  ["a: [ 'it''s #', q ] # z", 3, "a: [ 'it''s #', q ] # …"],
  ['  # x: 1', 6, '  #*****'],
  ['a: "not closed # z', 3, 'a: "not closed # …'],
  ['#', 0, '#'],
])('an excerpt leaves out comments: %s', (text, at, excerpt) => {
  const lineCounter = new LineCounter();
  lineCounter.addNewLine(0);
  expect(spanAt({ file: 'f', text, lineCounter }, at, at + 1).excerpt).toBe(excerpt);
});
