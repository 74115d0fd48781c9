import { facts } from './facts.ts';
import { availability, contains, parseIntervals } from './interval.ts';
import { minorIntervals } from './minors.ts';

/** A mode of kube-proxy in one minor. */
export interface ProxyModeAnswer {
  readonly known: boolean;
  readonly since?: string;
  readonly until?: string;
  /** It still works; kube-proxy warns. */
  readonly deprecated: boolean;
  /** The gate that must be enabled for the mode. */
  readonly featureGate?: string;
  /** Oldest Linux kernel that supports the mode. */
  readonly kernel?: string;
}

/** kube-proxy sources and the 1.29, 1.31, 1.33 and 1.35 changelogs; the kernel from KEP-3866. */
export function proxyMode(minor: string, mode: string): ProxyModeAnswer {
  const modes = facts('kubernetes-configs').kube_proxy_modes;
  const fact = Object.hasOwn(modes, mode) ? modes[mode] : undefined;
  if (!fact) return { known: false, deprecated: false };
  const during = (range: string | undefined) =>
    range !== undefined && parseIntervals(range).some((interval) => contains(interval, minor));
  return {
    ...availability(minor, minorIntervals(fact.minors)),
    deprecated: during(fact.deprecated),
    ...(during(fact.alpha) && fact.feature_gate !== undefined ? { featureGate: fact.feature_gate } : {}),
    ...(fact.kernel === undefined ? {} : { kernel: fact.kernel }),
  };
}

/** The modes of a minor; iptables, the default on Linux in all minors, comes first. */
export function proxyModes(minor: string): readonly string[] {
  return Object.keys(facts('kubernetes-configs').kube_proxy_modes).filter((mode) => proxyMode(minor, mode).known);
}
