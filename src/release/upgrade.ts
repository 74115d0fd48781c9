import { compareVersions, parseVersion } from './version.ts';

/** Why a running cluster cannot change from one version of a program to another; undefined if it can. */
export type UpgradeFault = 'downwards' | 'skips';

/**
 * A cluster is upgraded by one minor at a time, and within a minor to any patch release. This applies to Kubernetes
 * (kubernetes.io/releases/version-skew-policy) and to etcd (etcd.io/docs, "Upgrading etcd clusters": no minor may be
 * skipped; downgrades are supported from 3.6 to 3.5 only, with their own procedure).
 */
export function upgradeFault(before: string, after: string): UpgradeFault | undefined {
  const [from, to] = [parseVersion(before), parseVersion(after)];
  if (from === undefined || to === undefined) return undefined;
  if (compareVersions(`${to.major}.${to.minor}`, `${from.major}.${from.minor}`) < 0) return 'downwards';
  return to.major === from.major && to.minor - from.minor <= 1 ? undefined : 'skips';
}
