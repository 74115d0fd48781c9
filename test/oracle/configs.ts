import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The part of the oracle that judges names inside of files: API versions, plugins, labels, gates. Shares no code with src/. */

interface Configs {
  readonly api_versions: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly admission_plugins: { readonly valid: Readonly<Record<string, string>> };
  readonly kubelet_node_labels: { readonly allowed_keys: readonly string[]; readonly allowed_namespaces: readonly string[] };
  readonly kube_proxy_modes: Readonly<Record<string, string>>;
  /** First minor that exits on the gate: "unrecognized feature gate". */
  readonly retired_feature_gates: Readonly<Record<string, string>>;
}

const configs = JSON.parse(
  readFileSync(fileURLToPath(new URL('./kubeconfigs.json', import.meta.url)), 'utf8'),
) as Configs;

/** 1.16 of 1.16.9 → 16. */
const step = (version: string): number => Number(version.split('.')[1]);

/** Ranges may have words behind them: `1.16-1.36 (deprecated 1.35)`. */
function within(version: string, range: string | undefined): boolean {
  if (range === undefined) return false;
  return range
    .replace(/\(.*/, '')
    .split(',')
    .some((part) => {
      const [from, to = from] = part.trim().split('-');
      return step(from!) <= step(version) && step(version) <= step(to!);
    });
}

/** Which row of `api_versions` an object is held against, by its kind; kinds of the core group are v1 in every minor. */
const rows: Readonly<Record<string, readonly [row: string, group: string]>> = {
  KubeletConfiguration: ['KubeletConfiguration kubelet.config.k8s.io', 'kubelet.config.k8s.io'],
  KubeProxyConfiguration: ['KubeProxyConfiguration kubeproxy.config.k8s.io', 'kubeproxy.config.k8s.io'],
  KubeSchedulerConfiguration: ['KubeSchedulerConfiguration kubescheduler.config.k8s.io', 'kubescheduler.config.k8s.io'],
  AdmissionConfiguration: ['AdmissionConfiguration apiserver.config.k8s.io', 'apiserver.config.k8s.io'],
  EncryptionConfiguration: ['EncryptionConfiguration apiserver.config.k8s.io', 'apiserver.config.k8s.io'],
  Policy: ['audit Policy audit.k8s.io', 'audit.k8s.io'],
  ClusterRole: ['rbac.authorization.k8s.io (served by kube-apiserver)', 'rbac.authorization.k8s.io'],
  ClusterRoleBinding: ['rbac.authorization.k8s.io (served by kube-apiserver)', 'rbac.authorization.k8s.io'],
  Role: ['rbac.authorization.k8s.io (served by kube-apiserver)', 'rbac.authorization.k8s.io'],
  RoleBinding: ['rbac.authorization.k8s.io (served by kube-apiserver)', 'rbac.authorization.k8s.io'],
  Deployment: ['apps Deployment/DaemonSet (served)', 'apps'],
  DaemonSet: ['apps Deployment/DaemonSet (served)', 'apps'],
  PriorityClass: ['scheduling.k8s.io PriorityClass (served)', 'scheduling.k8s.io'],
};
const core = ['Config', 'ConfigMap', 'Namespace', 'Secret', 'Service', 'ServiceAccount'];

/** The error in an object's apiVersion in a minor. A kind without a record is an error too: it must be added here. */
export function checkApiVersion(version: string, object: { readonly apiVersion?: unknown; readonly kind?: unknown }): string[] {
  const [kind, given] = [String(object.kind), String(object.apiVersion)];
  if (core.includes(kind)) return given === 'v1' ? [] : [`${kind} has apiVersion ${given}, not v1`];
  const row = rows[kind];
  if (row === undefined) return [`there is no record of the kind ${kind} (${given})`];
  const [group, short] = [given.slice(0, given.lastIndexOf('/')), given.slice(given.lastIndexOf('/') + 1)];
  const sound = group === row[1] && within(version, configs.api_versions[row[0]]![short]);
  return sound ? [] : [`Kubernetes ${version} has no ${given} for ${kind}`];
}

/** Admission plugins that end kube-apiserver. */
export function checkPlugins(version: string, plugins: readonly string[]): string[] {
  return plugins
    .filter((plugin) => !within(version, configs.admission_plugins.valid[plugin]))
    .map((plugin) => `Kubernetes ${version} has no admission plugin ${plugin}`);
}

/** Keys of --node-labels that end kubelet. */
export function checkKubeletLabels(version: string, keys: readonly string[]): string[] {
  const { allowed_keys, allowed_namespaces } = configs.kubelet_node_labels;
  const refused = keys.filter((key) => {
    const domain = key.includes('/') ? key.split('/')[0]! : '';
    if (!/(^|\.)(kubernetes|k8s)\.io$/.test(domain)) return false;
    if (domain === 'topology.kubernetes.io' && step(version) < 17) return true;
    return !allowed_keys.includes(key) && !allowed_namespaces.some((one) => domain === one || domain.endsWith(`.${one}`));
  });
  return refused.map((key) => `kubelet ${version} exits on --node-labels with ${key}`);
}

/** Modes that kube-proxy has and somebody should use. */
export function proxyModes(version: string): string[] {
  return Object.entries(configs.kube_proxy_modes)
    .filter(([mode, range]) => mode !== 'userspace' && within(version, range))
    .map(([mode]) => mode);
}

export function checkProxyMode(version: string, mode: unknown): string[] {
  return proxyModes(version).includes(String(mode)) ? [] : [`kube-proxy ${version} has no mode ${mode}`];
}

/** Minors in which a gate that knode sets is off by default. */
const ownGates: Readonly<Record<string, string>> = { NFTablesProxyMode: '1.29-1.30', PodSecurity: '1.22' };

export function checkFeatureGates(version: string, gates: readonly string[]): string[] {
  return gates.flatMap((gate) => {
    const retired = configs.retired_feature_gates[gate];
    if (retired !== undefined && step(version) >= step(retired)) return [`Kubernetes ${version} exits on the feature gate ${gate}`];
    return retired !== undefined || within(version, ownGates[gate]) ? [] : [`there is no record of the feature gate ${gate}`];
  });
}

/** Role labels and taints of control-plane nodes (kubeadm: label master to 1.23, taint master to 1.24). */
export function controlPlaneMarks(version: string): { labels: string[]; taints: string[] } {
  const role = (name: string) => `node-role.kubernetes.io/${name}`;
  const minor = step(version);
  return {
    labels: [...(minor >= 20 ? [role('control-plane')] : []), ...(minor <= 23 ? [role('master')] : [])],
    taints: [...(minor >= 24 ? [role('control-plane')] : []), ...(minor <= 24 ? [role('master')] : [])],
  };
}
