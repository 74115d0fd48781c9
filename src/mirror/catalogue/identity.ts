import type { ArtifactNeed } from '../../component/artifact.ts';

/** Names an artifact in maps: `etcd/3.6.14/amd64`. */
export function artifactId(need: ArtifactNeed): string {
  return `${need.name}/${need.version}/${need.arch}`;
}

/** Names an artifact in messages: `etcd 3.6.14 amd64`. */
export function artifactLabel(need: ArtifactNeed): string {
  return `${need.name} ${need.version} ${need.arch}`;
}

/** Each artifact once, sorted like the lock: by name, version and architecture. */
export function sortedNeeds<T extends ArtifactNeed>(needs: readonly T[]): T[] {
  const once = new Map(needs.map((need) => [artifactId(need), need]));
  return [...once.values()].sort(
    (a, b) => compareText(a.name, b.name) || compareVersions(a.version, b.version) || compareText(a.arch, b.arch),
  );
}

/** By code unit, so that the order is the same in every locale. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Compares upstream's version numbers part by part, numbers as numbers: `3.5.9` before `3.5.10`. Only for sorting and
 * for archive layouts; differences between Kubernetes versions belong to `release`.
 */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [versionParts(a), versionParts(b)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const [x, y] = [left[i] ?? '', right[i] ?? ''];
    const both = /^\d+$/.test(x) && /^\d+$/.test(y);
    const order = both ? Number(x) - Number(y) : compareText(x, y);
    if (order !== 0) return order;
  }
  return 0;
}

function versionParts(version: string): string[] {
  return version.split(/[.+_~-]/);
}

/** A range of versions: from `since` (inclusive) to `until` (exclusive). */
export interface VersionRange {
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

export function inRange(version: string, { since, until }: VersionRange): boolean {
  if (since !== undefined && compareVersions(version, since) < 0) return false;
  return until === undefined || compareVersions(version, until) < 0;
}
