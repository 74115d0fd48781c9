import { expect, it } from 'vitest';
import { type Answer, coverage } from './coverage.ts';

/** Answers at these seconds, bad ones negative. */
const answers = (...seconds: readonly number[]): Answer[] =>
  seconds.map((at) => ({ at: Math.abs(at) * 1000, good: at > 0 }));

const gap = (from: number, to: number, ...seconds: readonly number[]): number =>
  coverage(answers(...seconds), from * 1000, to * 1000).longestGap;

it('counts the whole time as a gap if no answer was good', () => {
  expect(gap(0, 60, -1, -20, -59)).toBe(60);
  expect(gap(0, 60)).toBe(60);
});

it('counts the time before the first good answer and after the last', () => {
  expect(gap(0, 60, 50, 55, 59)).toBe(50);
  expect(gap(0, 60, 1, 2, -30, -59)).toBe(58);
});

it('counts the time between good answers, whatever came in between', () => {
  expect(gap(0, 10, 1, -2, -3, 6, 7, 9)).toBe(5);
  expect(gap(0, 3, 1, 2)).toBe(1);
});

it('reports the number of requests, and the bad answers', () => {
  const { asked, failed } = coverage(answers(1, -2, 3), 0, 4000);
  expect([asked, failed]).toEqual([3, [{ at: 2000, good: false }]]);
});
