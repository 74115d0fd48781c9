import { describe, expect, test } from 'vitest';
import {
  parseCsv,
  parseGoBool,
  parseGoDuration,
  parseGoFloat,
  parseGoInt,
} from '../../../src/release/values/go-syntax.ts';

test('booleans are those of strconv.ParseBool', () => {
  for (const word of ['1', 't', 'T', 'true', 'TRUE', 'True']) expect([word, parseGoBool(word)]).toEqual([word, true]);
  for (const word of ['0', 'f', 'F', 'false', 'FALSE', 'False'])
    expect([word, parseGoBool(word)]).toEqual([word, false]);
  for (const word of ['', 'yes', 'on', 'tRUE', ' true', '2'])
    expect([word, parseGoBool(word)]).toEqual([word, undefined]);
});

describe('whole numbers are those of strconv.ParseInt with base 0', () => {
  test.each([
    ['0', 0n],
    ['-7', -7n],
    ['+7', 7n],
    ['017', 15n],
    ['0o17', 15n],
    ['0x1F', 31n],
    ['-0b101', -5n],
    ['1_000', 1000n],
    ['0x_f', 15n],
    ['2147483647', 2147483647n],
    ['-2147483648', -2147483648n],
  ])('%s', (text, want) => {
    expect(parseGoInt(text, 32, true)).toBe(want);
  });

  test.each(['', '-', '08', '1__0', '_1', '1_', '1.5', '1e3', '1e+21', ' 1', 'ten', '0x', '2147483648'])(
    '%j is refused',
    (text) => {
      expect(parseGoInt(text, 32, true)).toBeUndefined();
    },
  );

  test('without a sign, and up to 64 bits', () => {
    expect(parseGoInt('18446744073709551615', 64, false)).toBe(2n ** 64n - 1n);
    for (const text of ['18446744073709551616', '-1', '+1']) expect(parseGoInt(text, 64, false)).toBeUndefined();
  });
});

test.each([
  ['1', 1],
  ['.5', 0.5],
  ['5.', 5],
  ['-1e-3', -0.001],
  ['+Inf', Number.POSITIVE_INFINITY],
  ['1e39', undefined],
  ['', undefined],
  ['1,5', undefined],
  ['1_000.5', undefined],
  ['.', undefined],
  ['e3', undefined],
])('the number %j', (text, want) => {
  expect(parseGoFloat(text, 32)).toBe(want);
});

test.each([
  ['0', 0],
  ['1h30m', 5400e9],
  ['1.5s', 1.5e9],
  ['.5s', 0.5e9],
  ['5.s', 5e9],
  ['-2m', -120e9],
  ['1m1ms1us1ns', 60_001_001_001],
  ['3µs', 3000],
  ['', undefined],
  ['10', undefined],
  ['1hour', undefined],
  ['1d', undefined],
  ['1h 30m', undefined],
  ['.s', undefined],
  ['h', undefined],
  ['2562048h', undefined],
])('the duration %j', (text, want) => {
  expect(parseGoDuration(text)).toBe(want);
});

test.each([
  ['', []],
  ['a', ['a']],
  ['a,,b', ['a', '', 'b']],
  ['"a,b",c', ['a,b', 'c']],
  ['"a""b"', ['a"b']],
  ['a"b', undefined],
  ['"a', undefined],
  ['"a"b', undefined],
])('the list %j', (text, want) => {
  expect(parseCsv(text)).toEqual(want);
});
