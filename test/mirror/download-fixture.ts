import type { Patience } from '../../src/net/patience.ts';
import type { Surroundings } from '../../src/net/surroundings.ts';

/** Short enough for tests, long enough for a busy machine. */
export const quickPatience: Patience = {
  answerMs: 4000,
  stallMs: 2000,
  slowest: 10,
  tries: 4,
  firstDelayMs: 1,
  longestDelayMs: 5,
  longestRetryAfterMs: 120_000,
};

/** Surroundings that never wait; `slept` lists the requested pauses, in milliseconds. */
export function quickSurroundings(over: Partial<Surroundings> = {}): Surroundings & { readonly slept: number[] } {
  const slept: number[] = [];
  return {
    patience: quickPatience,
    signal: new AbortController().signal,
    env: {},
    now: () => new Date('2026-11-21T08:00:00Z'),
    chance: () => 0.5,
    sleep: async (milliseconds) => {
      slept.push(milliseconds);
    },
    ...over,
    slept,
  };
}
