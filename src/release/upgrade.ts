import { compareVersions, parseVersion } from './version.ts';

/** Why a running cluster cannot go from one version of a program to another; undefined where it can. */
export type UpgradeFault = 'downwards' | 'skips';

/**
 * A cluster goes up by one minor at a time, and within a minor to any patch release. The same holds for Kubernetes
 * (kubernetes.io/releases/version-skew-policy) and for etcd (etcd.io/docs, "Upgrading etcd clusters": no minor may be skipped;
 * downgrades are supported from 3.6 to 3.5 only, and by a procedure of their own).
 */
export function upgradeFault(before: string, after: string): UpgradeFault | undefined {
  const [from, to] = [parseVersion(before), parseVersion(after)];
  if (from === undefined || to === undefined) return undefined;
  if (compareVersions(`${to.major}.${to.minor}`, `${from.major}.${from.minor}`) < 0) return 'downwards';
  return to.major === from.major && to.minor - from.minor <= 1 ? undefined : 'skips';
}
