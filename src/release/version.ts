import { memoize } from '../base/memoize.ts';

/**
 * A released version of anything that knode installs. `pre` is the part after a hyphen (`rc.1`), empty for a release.
 */
export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  readonly pre: string;
}

const shape = /^v?(\d+)\.(\d+)(?:\.(\d+))?(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/;

/** Parses `1.36.2`, `v0.28.9`, `1.36` (patch 0), `19.03.1`, `1.36.0-rc.1`; undefined for anything else. */
export function parseVersion(text: string): Version | undefined {
  const match = shape.exec(text);
  if (!match) return undefined;
  const [, major, minor, patch = '0', pre = ''] = match;
  return { major: Number(major), minor: Number(minor), patch: Number(patch), pre };
}

/** True if the text names one release: all three numbers, as a download needs them. */
export function isFullVersion(text: string): boolean {
  return parseVersion(text) !== undefined && shape.exec(text)?.[3] !== undefined;
}

/** Like `parseVersion`, for texts that were already checked: a malformed one is a bug. */
const mustParse = memoize((text: string): Version => {
  const version = parseVersion(text);
  if (!version) throw new Error(`not a version: '${text}'`);
  return version;
});

function comparePre(left: string, right: string): number {
  if (left === right) return 0;
  if (left === '') return 1;
  if (right === '') return -1;
  return left.localeCompare(right, 'en', { numeric: true });
}

/** Negative if `left` is older, 0 if equal, positive if newer. A pre-release is older than its release. */
export function compareVersions(left: string, right: string): number {
  const a = mustParse(left);
  const b = mustParse(right);
  return a.major - b.major || a.minor - b.minor || a.patch - b.patch || comparePre(a.pre, b.pre);
}

export function atLeast(version: string, bound: string): boolean {
  return compareVersions(version, bound) >= 0;
}

/** `1.36` for `1.36.2`. */
export function minorOf(version: string): string {
  const { major, minor } = mustParse(version);
  return `${major}.${minor}`;
}

/** `0.28.9` for `v0.28.9`. */
export function withoutV(version: string): string {
  return version.replace(/^v/, '');
}

/** The version, moved to the nearest end if it lies outside of first..last. */
export function clampVersion(version: string, first: string, last: string): string {
  if (compareVersions(version, first) < 0) return first;
  return compareVersions(version, last) > 0 ? last : version;
}
