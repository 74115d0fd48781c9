import { compareVersions, withoutV } from './version.ts';

/** Versions from `since` to `until`, both included. */
export interface Interval {
  readonly since: string;
  readonly until: string;
}

/** Where something stands among versions, seen from one of them. */
export interface Availability {
  readonly known: boolean;
  /** First and last version that know it, as far as there are facts. Absent when no version does. */
  readonly since?: string;
  readonly until?: string;
}

/** Reads the ranges of the facts: `1.16-1.25`, `1.23`, `1.18-1.19,1.21-1.36`, `v0.7.0..v0.17.0`. */
export function parseIntervals(text: string): readonly Interval[] {
  return text.split(',').map((part) => {
    const [since = '', until = since] = part.trim().split(/\.\.|-/);
    return { since: withoutV(since), until: withoutV(until) };
  });
}

export function contains(interval: Interval, version: string): boolean {
  return compareVersions(interval.since, version) <= 0 && compareVersions(version, interval.until) <= 0;
}

/** The interval a version is to be judged by: the one that holds it, else the next one, else the last one. */
export function availability(version: string, intervals: readonly Interval[]): Availability {
  const holding = intervals.find((interval) => contains(interval, version));
  const next = intervals.find((interval) => compareVersions(version, interval.since) < 0);
  const shown = holding ?? next ?? intervals.at(-1);
  if (!shown) return { known: false };
  return { known: holding !== undefined, since: shown.since, until: shown.until };
}
