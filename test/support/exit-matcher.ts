import { expect } from 'vitest';

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: vitest's own signature
  interface Matchers<T = any> {
    /**
     * A program's end: `code` is its exit code, and each key of `rest` is one of its texts (`stdout`, `err`, …), as it must be
     * or as a matcher describes it. A failure shows every text that the program wrote.
     */
    toExit(code: number, rest?: Readonly<Record<string, unknown>>): T;
  }
}

/** The longest text of one stream that a failure shows, in characters; the end of a text tells most. */
const mostShown = 20_000;

function shown(ended: Readonly<Record<string, unknown>>): string {
  return Object.entries(ended)
    .filter(([key]) => key !== 'code')
    .map(
      ([key, value]) =>
        `--- ${key} ---\n${(typeof value === 'string' ? value : JSON.stringify(value, undefined, 2)).slice(-mostShown)}`,
    )
    .join('\n');
}

expect.extend({
  toExit(ended: { readonly code: number | null } & Readonly<Record<string, unknown>>, code: number, rest = {}) {
    const differing = Object.entries(rest).filter(([key, value]) => !this.equals(ended[key], value));
    const pass = ended.code === code && differing.length === 0;
    return {
      pass,
      message: () =>
        [
          `exit code ${ended.code}, expected ${this.isNot ? 'another than ' : ''}${code}`,
          ...differing.map(([key, value]) => `${key} is not ${this.utils.printExpected(value)}`),
          shown(ended),
        ].join('\n'),
    };
  },
});
