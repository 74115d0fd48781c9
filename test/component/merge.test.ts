import { expect, test } from 'vitest';
import { merge } from '../../src/component/build/deep-merge.ts';

test('mappings are merged at every depth', () => {
  expect(merge({ a: { b: 1, c: { d: 2 } }, e: 3 }, { a: { c: { f: 4 } } })).toEqual({
    a: { b: 1, c: { d: 2, f: 4 } },
    e: 3,
  });
});

test('everything else is replaced', () => {
  expect(merge({ list: [1, 2], map: { a: 1 }, text: 'x' }, { list: [3], map: 'gone', text: { b: 1 } })).toEqual({
    list: [3],
    map: 'gone',
    text: { b: 1 },
  });
});

test('null takes a field away, also one that is not there', () => {
  expect(merge({ a: 1, b: { c: 2, d: 3 } }, { a: null, b: { c: null }, x: null })).toEqual({ b: { d: 3 } });
});

test('null in a new mapping is dropped, too', () => {
  expect(merge({ a: 1 }, { b: { c: null, d: { e: null } }, a: { f: null } })).toEqual({ a: {}, b: { d: {} } });
});

test('null removes a field in the mappings of a list, too, and knode does not judge other entries', () => {
  expect(merge({}, { list: [{ a: null, b: [{ c: null }] }, null] })).toEqual({ list: [{ b: [{}] }, null] });
});

test('falsy values are values', () => {
  expect(merge({ a: 1, b: true, c: 'x' }, { a: 0, b: false, c: '' })).toEqual({ a: 0, b: false, c: '' });
});

test('neither side is changed', () => {
  const [ours, theirs] = [{ a: { b: 1 } }, { a: { c: 2 } }];
  merge(ours, theirs);
  expect([ours, theirs]).toEqual([{ a: { b: 1 } }, { a: { c: 2 } }]);
});

test('knode’s objects with a class are not mappings', () => {
  const date = new Date(0);
  expect(merge({ a: date }, { a: { b: 1 } })).toEqual({ a: { b: 1 } });
  expect(merge({ a: { b: 1 } }, { a: date }).a).toBe(date);
});

test('no key reaches a prototype', () => {
  merge({}, JSON.parse('{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}'));
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});
