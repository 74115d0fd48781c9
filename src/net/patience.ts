/** How long and how often a transfer is tried. Milliseconds. Tests use short times. */
export interface Patience {
  /** From the request to the first byte of the answer, the connection included. */
  readonly answerMs: number;
  /** Longest time without a byte, or at a slower rate than `slowest`. */
  readonly stallMs: number;
  /** Bytes a second; curl on nodes has the same minimum. */
  readonly slowest: number;
  /** Consecutive tries without progress; a try that brings bytes resets the count. */
  readonly tries: number;
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
  /** A server that asks for a longer pause (Retry-After) is given up. */
  readonly longestRetryAfterMs: number;
}

export const defaultPatience: Patience = {
  answerMs: 30_000,
  stallMs: 30_000,
  slowest: 1000,
  tries: 6,
  firstDelayMs: 1000,
  longestDelayMs: 30_000,
  longestRetryAfterMs: 120_000,
};

/**
 * The pause before the next try: doubled each time, and randomised so that many machines do not return at once.
 * @param failures consecutive failed tries, from 1.
 * @param chance from 0 to 1.
 */
export function delayBefore(failures: number, patience: Patience, chance: number): number {
  const full = Math.min(patience.longestDelayMs, patience.firstDelayMs * 2 ** (failures - 1));
  return Math.round(full / 2 + (full / 2) * chance);
}

/**
 * The delay in a `Retry-After` header: seconds, or a date (RFC 9110, 10.2.3).
 * @returns milliseconds; undefined if there is no valid header.
 */
export function retryAfter(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header.trim()) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now.getTime());
}
