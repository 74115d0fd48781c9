import { memoize } from '../base/memoize.ts';
import { facts } from './facts.ts';
import { type Interval, parseIntervals } from './interval.ts';
import { compareVersions } from './version.ts';

/** The Kubernetes minors in the facts, oldest first. */
export function knownMinors(): readonly string[] {
  return Object.keys(facts('kubernetes-minors').minors).sort(compareVersions);
}

/** From the first to the last of them. */
export function everyMinor(): Interval {
  const minors = knownMinors();
  return { since: minors[0] ?? '', until: minors.at(-1) ?? '' };
}

/** A range of the facts; absent means every minor. */
export const minorIntervals = memoize((range: string | undefined): readonly Interval[] =>
  range === undefined ? [everyMinor()] : parseIntervals(range),
);
