import { compareVersions, withoutV } from './version.ts';

/** Versions from `since` to `until`, both included. */
export interface Interval {
  readonly since: string;
  readonly until: string;
}

/** The range of versions that have a feature, relative to one version. */
export interface Availability {
  readonly known: boolean;
  /** First and last version that have it, as far as there are facts. Undefined if no version does. */
  readonly since?: string;
  readonly until?: string;
}

/** Parses the ranges of the facts: `1.16-1.25`, `1.23`, `1.18-1.19,1.21-1.36`, `v0.7.0..v0.17.0`. */
export function parseIntervals(text: string): readonly Interval[] {
  return text.split(',').map((part) => {
    const [since = '', until = since] = part.trim().split(/\.\.|-/);
    return { since: withoutV(since), until: withoutV(until) };
  });
}

export function contains(interval: Interval, version: string): boolean {
  return compareVersions(interval.since, version) <= 0 && compareVersions(version, interval.until) <= 0;
}

/** The interval to compare a version with: the one that holds it, otherwise the next one, otherwise the last one. */
export function availability(version: string, intervals: readonly Interval[]): Availability {
  const holding = intervals.find((interval) => contains(interval, version));
  const next = intervals.find((interval) => compareVersions(version, interval.since) < 0);
  const shown = holding ?? next ?? intervals.at(-1);
  if (!shown) return { known: false };
  return { known: holding !== undefined, since: shown.since, until: shown.until };
}
