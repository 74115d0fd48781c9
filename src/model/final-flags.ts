import type { DataPath } from '../base/diagnostic.ts';
import { normalizeFlag } from '../release/flags.ts';
import type { FlagProgram, GivenFlag } from '../release/values/flag-values.ts';
import { enabledAdmissionPlugins } from './admission-plugins.ts';
import type { Cluster } from './cluster.ts';
import { attempt } from './loading/intact.ts';

/** A flag of a program from the cluster file, with its place. */
export interface FinalFlag extends GivenFlag {
  readonly path: DataPath;
  /** Whether it comes from extraArgs. */
  readonly extra: boolean;
}

/** Programs with flags, and the place of their settings in the cluster file. */
export const flagSections: Readonly<Record<FlagProgram, DataPath>> = {
  'kube-apiserver': ['kubernetes', 'apiServer'],
  'kube-controller-manager': ['kubernetes', 'controllerManager'],
  'kube-scheduler': ['kubernetes', 'scheduler'],
  kubelet: ['kubernetes', 'kubelet'],
  'kube-proxy': ['kubernetes', 'kubeProxy'],
  etcd: ['etcd'],
  flanneld: ['network', 'flannel'],
};

/** A setting that becomes a flag: its key, the flag, and the value if it is set. */
type Setting = readonly [key: string, flag: string, value: (cluster: Cluster) => unknown];

const gates = (gates: Readonly<Record<string, boolean>>): string | undefined => {
  const list = Object.entries(gates).map(([gate, on]) => `${gate}=${on}`);
  return list.length === 0 ? undefined : list.sort().join(',');
};

const apiServer: readonly Setting[] = [
  ['authorizationModes', 'authorization-mode', (c) => c.spec.kubernetes.apiServer.authorizationModes.join(',')],
  ['admissionPlugins', 'enable-admission-plugins', (c) => enabledAdmissionPlugins(c.spec.kubernetes.apiServer).join()],
  ['eventTTL', 'event-ttl', (c) => c.spec.kubernetes.apiServer.eventTTL],
  ['maxRequestsInflight', 'max-requests-inflight', (c) => c.spec.kubernetes.apiServer.maxRequestsInflight],
  [
    'maxMutatingRequestsInflight',
    'max-mutating-requests-inflight',
    (c) => c.spec.kubernetes.apiServer.maxMutatingRequestsInflight,
  ],
  ['requestTimeout', 'request-timeout', (c) => c.spec.kubernetes.apiServer.requestTimeout],
  ['featureGates', 'feature-gates', (c) => gates(c.spec.kubernetes.apiServer.featureGates)],
  ['audit', 'audit-log-path', (c) => (c.spec.kubernetes.apiServer.audit.enabled ? 'audit.log' : undefined)],
  ['verbosity', 'v', (c) => c.spec.kubernetes.apiServer.verbosity],
];

const controllerManager: readonly Setting[] = [
  ['nodeMonitorGracePeriod', 'node-monitor-grace-period', (c) => manager(c).nodeMonitorGracePeriod],
  ['terminatedPodGCThreshold', 'terminated-pod-gc-threshold', (c) => manager(c).terminatedPodGCThreshold],
  ['featureGates', 'feature-gates', (c) => gates(manager(c).featureGates)],
  ['verbosity', 'v', (c) => manager(c).verbosity],
];

const settings: Readonly<Record<FlagProgram, readonly Setting[]>> = {
  'kube-apiserver': apiServer,
  'kube-controller-manager': controllerManager,
  'kube-scheduler': [['featureGates', 'feature-gates', (c) => gates(c.spec.kubernetes.scheduler.featureGates)]],
  kubelet: [],
  'kube-proxy': [],
  etcd: [
    ['heartbeatInterval', 'heartbeat-interval', (c) => c.spec.etcd.heartbeatInterval],
    ['electionTimeout', 'election-timeout', (c) => c.spec.etcd.electionTimeout],
    ['snapshotCount', 'snapshot-count', (c) => c.spec.etcd.snapshotCount],
    ['autoCompactionRetention', 'auto-compaction-retention', (c) => c.spec.etcd.autoCompactionRetention],
  ],
  flanneld: [],
};

function manager(cluster: Cluster): Cluster['spec']['kubernetes']['controllerManager'] {
  return cluster.spec.kubernetes.controllerManager;
}

/** The flags in extraArgs, a list as several flags. Broken values are left out. */
function extraFlags(cluster: Cluster, program: FlagProgram): readonly FinalFlag[] {
  const path = [...flagSections[program], 'extraArgs'];
  const args = path.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], cluster.spec) as object;
  return Object.keys(args).flatMap((name) => {
    const value = attempt(() => (args as Record<string, unknown>)[name]);
    if (value === undefined) return [];
    const flag = program === 'etcd' || program === 'flanneld' ? name : normalizeFlag(name);
    const one = (text: unknown, place: DataPath): FinalFlag => ({ flag, value: `${text}`, path: place, extra: true });
    if (!Array.isArray(value)) return [one(value, [...path, name])];
    return value.map((item, index) => one(item, [...path, name, index]));
  });
}

/** A flag in extraArgs. */
export function extraFlag(cluster: Cluster, program: FlagProgram, flag: string): FinalFlag | undefined {
  return extraFlags(cluster, program).find((given) => given.flag === flag);
}

/**
 * The final flags of a program from the cluster file: extraArgs replace settings. Rules use them, so that a value is
 * checked wherever it is set.
 */
export function finalFlags(cluster: Cluster, program: FlagProgram): readonly FinalFlag[] {
  const extra = extraFlags(cluster, program);
  const set = settings[program].flatMap(([key, flag, read]): FinalFlag[] => {
    if (extra.some((given) => given.flag === flag)) return [];
    const value = attempt(() => read(cluster));
    if (value === undefined) return [];
    return [{ flag, value: `${value}`, path: [...flagSections[program], key], extra: false }];
  });
  return [...set, ...extra];
}
