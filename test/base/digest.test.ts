import { expect, test } from 'vitest';
import { sha256, spread } from '../../src/base/digest.ts';

test('sha256 of the test vectors of FIPS 180-4', () => {
  expect(sha256('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

test('a text and its UTF-8 bytes have the same digest', () => {
  expect(sha256(new TextEncoder().encode('Größe 日本'))).toBe(sha256('Größe 日本'));
});

test('spread stays in its range, is deterministic and uses the whole range', () => {
  const values = Array.from({ length: 2000 }, (_, i) => spread(`node-${i}`, 10));
  expect(values).toEqual(Array.from({ length: 2000 }, (_, i) => spread(`node-${i}`, 10)));
  expect([...new Set(values)].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(values.every(Number.isInteger)).toBe(true);
});

test('spread with an empty range is 0', () => {
  expect([spread('x', 0), spread('x', 1), spread('x', 0.5), spread('x', -3)]).toEqual([0, 0, 0, 0]);
});
