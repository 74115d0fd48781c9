/** Statistics of a service that is polled: how often it did not answer, and for how long. */
export interface Answer {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly good: boolean;
  /** HTTP status; 0 if there was no answer within the time limit. */
  readonly status?: number;
  readonly seconds?: number;
}

export interface Coverage {
  readonly asked: number;
  readonly failed: readonly Answer[];
  /** The longest time without a good answer, in seconds, the beginning and the end included: all of it if there was none. */
  readonly longestGap: number;
}

export function coverage(answers: readonly Answer[], began: number, ended: number): Coverage {
  const moments = [began, ...answers.filter(({ good }) => good).map(({ at }) => at), ended];
  const gaps = moments.slice(1).map((at, index) => (at - (moments[index] ?? at)) / 1000);
  return {
    asked: answers.length,
    failed: answers.filter(({ good }) => !good),
    longestGap: Math.max(0, ...gaps),
  };
}
