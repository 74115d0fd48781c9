import { nthAddress } from '../base/cidr.ts';
import type { Diagnostic, Report } from '../base/diagnostic.ts';
import type { KubernetesRelease } from '../release/program/kubernetes-release.ts';
import { osKernelIsOlder } from '../release/program/os-release.ts';
import type { Cluster, ClusterNode, Taint } from './cluster.ts';
import { deriveReleases, type Releases } from './derive-releases.ts';
import { encryptionOf } from './encryption.ts';
import { attempt, lazily } from './loading/intact.ts';
import { anyName, anyNetwork, apiServerNames, nodeNameOf, poolNodeName } from './names.ts';
import type { ClusterFile, NodeSpec, PoolSpec, Role } from './schema/cluster-file.ts';

/** A lazily derived cluster: a mistake in the file affects only the values that depend on it. */
export interface DerivedCluster {
  /** Must be read through `attempt`, unless the file is valid and no diagnostic is an error. */
  readonly cluster: Cluster;
  readonly diagnostics: readonly Diagnostic[];
}

/** Resolves a cluster file: versions, names, addresses. Reports versions without facts. */
export function deriveLazily(file: ClusterFile): DerivedCluster {
  const { releases, diagnostics } = deriveReleases(file);
  return { cluster: resolveCluster(file, releases), diagnostics };
}

/** Like `deriveLazily`, for a valid file, computed as a whole. */
export function deriveCluster(file: ClusterFile): Report<Cluster> {
  const { cluster, diagnostics } = deriveLazily(file);
  const value = attempt(() => ({ ...cluster }));
  return value === undefined ? { diagnostics } : { value, diagnostics };
}

function resolveCluster(file: ClusterFile, releases: Releases): Cluster {
  const node = (role: Role) => (spec: NodeSpec, index: number) => resolveNode(file, releases, role, spec, index);
  const dedicated = () => file.nodes.etcd.map(node('etcd'));
  const registry = () => file.kubernetes.imageRegistry;
  const cluster: Cluster = lazily<Cluster>({
    name: () => file.name,
    spec: () => file,
    versions: () => releases.versions,
    kubernetes: () => releases.kubernetes,
    etcd: () => releases.etcd,
    flannel: () => releases.flannel,
    containerd: () => releases.containerd,
    docker: () => releases.docker,
    masters: () => file.nodes.controlPlane.map(node('master')),
    workers: () => file.nodes.workers.map(node('worker')),
    balancers: () => file.nodes.balancers.map(node('balancer')),
    etcdMembers: () => (file.nodes.etcd.length > 0 ? dedicated() : cluster.masters),
    nodes: () => [
      ...cluster.masters,
      ...cluster.workers,
      ...(file.nodes.etcd.length > 0 ? cluster.etcdMembers : []),
      ...cluster.balancers,
    ],
    pools: () => Object.entries(file.nodes.pools).map(([name, pool], index) => resolvePool(file, name, pool, index)),
    serviceIP: () => nthAddress(file.network.serviceCIDR, 1),
    dnsIP: () => file.network.dnsServiceIP ?? nthAddress(file.network.serviceCIDR, 10),
    publicUrl: () => publicUrl(file),
    nodeUrl: () => nodeUrl(file),
    apiServerNames: () => apiServerNames(file, cluster.serviceIP),
    proxyMode: () => file.kubernetes.kubeProxy.mode ?? defaultProxyMode(file, releases.kubernetes),
    usesCni: () => usesCni(file, releases.kubernetes),
    usesFlannel: () => usesFlannel(file),
    flannelInEtcd: () => flannelInEtcd(file),
    encryption: () => encryptionOf(file),
    generation: () => 1,
    images: () => ({
      pause: file.kubernetes.pauseImage ?? releases.kubernetes.pauseImage(registry()),
      coreDns: file.addons.coreDNS.image ?? releases.kubernetes.coreDnsImage(registry()),
    }),
  });
  return cluster;
}

/** The version's own default, unless the kernel of the operating system is too old for it. */
function defaultProxyMode(file: ClusterFile, release: KubernetesRelease): Cluster['proxyMode'] {
  const mode = release.defaultProxyMode();
  const { kernel } = release.kubeProxyMode(mode);
  return kernel !== undefined && osKernelIsOlder(file.os.release, kernel) ? 'iptables' : mode;
}

function publicUrl(file: ClusterFile): string {
  const { name, address, port } = file.apiEndpoint;
  return `https://${name ?? address}:${port}`;
}

/** Nodes use an address if there is one: they then need no DNS to boot. */
function nodeUrl(file: ClusterFile): string {
  const { name, address, port, loadBalancer } = file.apiEndpoint;
  return loadBalancer.type === 'local'
    ? `https://127.0.0.1:${loadBalancer.port}`
    : `https://${address ?? name}:${port}`;
}

function usesFlannel({ network }: ClusterFile): boolean {
  return network.provider === 'flannel';
}

function flannelInEtcd(file: ClusterFile): boolean {
  return usesFlannel(file) && file.network.flannel.store === 'etcd';
}

/**
 * docker uses flannel's subnet for its own bridge only with dockershim and flannel in etcd, as in the source documents.
 */
function usesCni(file: ClusterFile, release: KubernetesRelease): boolean {
  return !(file.containerRuntime.type === 'docker' && release.hasDockershim() && flannelInEtcd(file));
}

/**
 * A node whose broken fields cannot be read: counting nodes, or comparing their names, works despite a broken address.
 */
function resolveNode(file: ClusterFile, releases: Releases, role: Role, spec: NodeSpec, index: number): ClusterNode {
  const node = lazily<Omit<ClusterNode, 'pool'>>({
    role: () => role,
    index: () => index,
    name: () => nodeNameOf(file.name, role, index, spec),
    address: () => spec.address,
    arch: () => spec.arch ?? file.arch,
    labels: () => labelsOf(file, releases, role, spec),
    taints: () => taintsOf(file, releases, role, spec),
    etcdMember: () => role === 'etcd' || (role === 'master' && file.nodes.etcd.length === 0),
  });
  return attempt(() => ({ ...node })) ?? node;
}

function labelsOf(file: ClusterFile, { kubernetes }: Releases, role: Role, spec: NodeSpec): Record<string, string> {
  if (role !== 'master') return { ...(role === 'worker' ? file.roles.worker.labels : {}), ...spec.labels };
  const roleLabels = Object.fromEntries(kubernetes.controlPlaneLabels().map((key) => [key, '']));
  return { ...roleLabels, ...file.roles.master.labels, ...spec.labels };
}

function taintsOf(file: ClusterFile, { kubernetes }: Releases, role: Role, spec: NodeSpec): readonly Taint[] {
  if (role !== 'master') return uniqueTaints([...spec.taints, ...(role === 'worker' ? file.roles.worker.taints : [])]);
  const { taints, schedulable } = file.roles.master;
  const roleTaints = schedulable
    ? []
    : kubernetes.controlPlaneTaints().map((key) => ({ key, value: '', effect: 'NoSchedule' }));
  return uniqueTaints([...spec.taints, ...taints, ...roleTaints]);
}

/** A pool's machine as a worker; its name and address are determined at boot. */
function resolvePool(file: ClusterFile, name: string, spec: PoolSpec, index: number): ClusterNode {
  const { nodeName, interface: device } = spec;
  const names = nodeName === 'address' ? `${name}-{address}` : (spec.names ?? anyName);
  const network = spec.network ?? file.network.host.cidr ?? anyNetwork;
  return {
    role: 'worker',
    index,
    name: poolNodeName(name),
    address: '',
    pool: { name, nodeName, names, network, ...(device === undefined ? {} : { interface: device }) },
    arch: spec.arch ?? file.arch,
    labels: { ...file.roles.worker.labels, ...spec.labels },
    taints: uniqueTaints([...spec.taints, ...file.roles.worker.taints]),
    etcdMember: false,
  };
}

/** A node's own taint overrides its role's with the same key and effect. */
function uniqueTaints(taints: readonly Taint[]): readonly Taint[] {
  const byIdentity = new Map(taints.toReversed().map((taint) => [`${taint.key}:${taint.effect}`, taint]));
  return [...byIdentity.values()];
}
