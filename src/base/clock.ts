/** Tells the time. Passed in everywhere, so that the same input gives the same bytes. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** A clock with a fixed time, for tests and for `SOURCE_DATE_EPOCH`. */
export function fixedClock(iso: string): Clock {
  const instant = new Date(iso).getTime();
  return { now: () => new Date(instant) };
}
