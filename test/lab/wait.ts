import { sleep } from '../referee/tools.ts';

/**
 * Polls until the answer is not undefined; `what` describes it for the error. The limit is at least three times the
 * duration on an idle machine: it only ends failed runs.
 */
export async function until<T>(
  what: string,
  limitSeconds: number,
  ask: () => Promise<T | undefined> | T | undefined,
  everyMs = 500,
): Promise<T> {
  const end = Date.now() + limitSeconds * 1000;
  let why = '';
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (error) {
      why = error instanceof Error ? `: ${error.message}` : `: ${String(error)}`;
    }
    if (Date.now() > end) throw new Error(`waited ${limitSeconds} s in vain for ${what}${why}`);
    await sleep(everyMs);
  }
}

/** A failed check of a scenario. */
export function check(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(`not so: ${what}`);
}

export function equal<T>(have: T, want: T, what: string): void {
  const [a, b] = [JSON.stringify(have), JSON.stringify(want)];
  if (a !== b) throw new Error(`${what}: expected ${b}, found ${a}`);
}
