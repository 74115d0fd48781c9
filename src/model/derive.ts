import { nthAddress } from '../base/cidr.ts';
import type { DataPath, Diagnostic, Report } from '../base/diagnostic.ts';
import { containerdRelease } from '../release/containerd-release.ts';
import { dockerRelease } from '../release/docker-release.ts';
import { etcdRelease } from '../release/etcd-release.ts';
import { flannelRelease } from '../release/flannel-release.ts';
import { type KubernetesRelease, kubernetesRelease } from '../release/kubernetes-release.ts';
import type { Cluster, ClusterNode, Taint, Versions } from './cluster.ts';
import { apiServerNames, nodeNameOf, poolNodeName } from './names.ts';
import type { ClusterFile, NodeSpec, PoolSpec, Role } from './schema/cluster-file.ts';

/**
 * The only release of flannel's CNI plugin whose checksum is known; it works with every flannel, as all it reads is subnet.env.
 */
const flannelCniPlugin = '1.0.0';

/** Resolves a validated cluster file: versions, names, addresses. Reports versions that knode has no facts for. */
export function deriveCluster(file: ClusterFile): Report<Cluster> {
  const kubernetes = at(['kubernetes', 'version'], kubernetesRelease(file.kubernetes.version));
  if (kubernetes.value === undefined) return { diagnostics: kubernetes.diagnostics };
  const versions = resolveVersions(file, kubernetes.value);
  const { flannel: flannelSpec } = file.network;
  const { containerd: containerdSpec, docker: dockerSpec } = file.containerRuntime;
  const etcd = at(['etcd', ...(file.etcd.version ? ['version'] : [])], etcdRelease(versions.etcd));
  const flannel = at(
    ['network', 'flannel', ...(flannelSpec.version ? ['version'] : [])],
    flannelRelease(versions.flannel),
  );
  const containerd = at(
    ['containerRuntime', 'containerd', ...(containerdSpec.version ? ['version'] : [])],
    containerdRelease(versions.containerd),
  );
  const docker = at(
    ['containerRuntime', 'docker', ...(dockerSpec.version ? ['version'] : [])],
    dockerRelease(versions.docker),
  );
  const diagnostics = [kubernetes, etcd, flannel, containerd, docker].flatMap((report) => report.diagnostics);
  if (!etcd.value || !flannel.value || !containerd.value || !docker.value) return { diagnostics };
  const releases = {
    kubernetes: kubernetes.value,
    etcd: etcd.value,
    flannel: flannel.value,
    containerd: containerd.value,
    docker: docker.value,
  };
  return { diagnostics, value: { ...releases, ...resolveCluster(file, versions, kubernetes.value) } };
}

function at<T>(path: DataPath, report: Report<T>): Report<T> {
  const diagnostics = report.diagnostics.map((diagnostic): Diagnostic => ({ path, ...diagnostic }));
  return { ...report, diagnostics };
}

function resolveVersions(file: ClusterFile, release: KubernetesRelease): Versions {
  const paired = release.defaults();
  const runtime = file.containerRuntime;
  return {
    kubernetes: file.kubernetes.version,
    etcd: file.etcd.version ?? paired.etcd,
    flannel: file.network.flannel.version ?? paired.flannel,
    containerd: runtime.containerd.version ?? paired.containerd,
    docker: runtime.docker.version ?? paired.docker,
    criDockerd: runtime.docker.criDockerdVersion ?? paired.criDockerd,
    runc: runtime.runcVersion ?? paired.runc,
    cniPlugins: runtime.cniPluginsVersion ?? paired.cniPlugins,
    flannelCniPlugin,
    crictl: runtime.crictlVersion ?? paired.crictl,
  };
}

type Resolved = Omit<Cluster, 'kubernetes' | 'etcd' | 'flannel' | 'containerd' | 'docker'>;

function resolveCluster(file: ClusterFile, versions: Versions, release: KubernetesRelease): Resolved {
  const node = (role: Role) => (spec: NodeSpec, index: number) => resolveNode(file, release, role, spec, index);
  const masters = file.nodes.masters.map(node('master'));
  const workers = file.nodes.workers.map(node('worker'));
  const dedicated = file.nodes.etcd.map(node('etcd'));
  const balancers = file.nodes.balancers.map(node('balancer'));
  const { serviceCIDR, dnsServiceIP } = file.network;
  const serviceIP = nthAddress(serviceCIDR, 1);
  const registry = file.kubernetes.imageRegistry;
  return {
    name: file.name,
    spec: file,
    versions,
    masters,
    workers,
    balancers,
    etcdMembers: dedicated.length > 0 ? dedicated : masters,
    nodes: [...masters, ...workers, ...dedicated, ...balancers],
    pools: Object.entries(file.nodes.pools).map(([name, pool], index) => resolvePool(file, name, pool, index)),
    serviceIP,
    dnsIP: dnsServiceIP ?? nthAddress(serviceCIDR, 10),
    publicUrl: publicUrl(file),
    nodeUrl: nodeUrl(file),
    apiServerNames: apiServerNames(file, serviceIP),
    proxyMode: file.kubernetes.kubeProxy.mode ?? release.defaultProxyMode(),
    usesCni: usesCni(file, release),
    images: {
      pause: file.kubernetes.pauseImage ?? release.pauseImage(registry),
      coreDns: file.addons.coreDNS.image ?? release.coreDnsImage(registry),
    },
  };
}

function publicUrl(file: ClusterFile): string {
  const { name, address, port } = file.apiEndpoint;
  return `https://${name ?? address}:${port}`;
}

/** Nodes go by address where there is one: they need no DNS to boot. */
function nodeUrl(file: ClusterFile): string {
  const { name, address, port, loadBalancer } = file.apiEndpoint;
  return loadBalancer.type === 'local'
    ? `https://127.0.0.1:${loadBalancer.port}`
    : `https://${address ?? name}:${port}`;
}

/** docker takes flannel's subnet as its own bridge only with dockershim and flannel in etcd: the way of the seed documents. */
function usesCni(file: ClusterFile, release: KubernetesRelease): boolean {
  const flannelForDocker = file.network.provider === 'flannel' && file.network.flannel.store === 'etcd';
  return !(file.containerRuntime.type === 'docker' && release.hasDockershim() && flannelForDocker);
}

function resolveNode(
  file: ClusterFile,
  release: KubernetesRelease,
  role: Role,
  spec: NodeSpec,
  index: number,
): ClusterNode {
  const defaults =
    role === 'master' ? file.roles.master : role === 'worker' ? file.roles.worker : { labels: {}, taints: [] };
  const master = role === 'master';
  const roleLabels = master ? Object.fromEntries(release.controlPlaneLabels().map((key) => [key, ''])) : {};
  const tainted = master && !file.roles.master.schedulable;
  const roleTaints = tainted
    ? release.controlPlaneTaints().map((key) => ({ key, value: '', effect: 'NoSchedule' }))
    : [];
  return {
    role,
    index,
    name: nodeNameOf(file.name, role, index, spec),
    address: spec.address,
    arch: spec.arch ?? file.arch,
    labels: { ...roleLabels, ...defaults.labels, ...spec.labels },
    taints: uniqueTaints([...spec.taints, ...defaults.taints, ...roleTaints]),
    etcdMember: role === 'etcd' || (master && file.nodes.etcd.length === 0),
  };
}

/** A pool's machine as a worker; what tells one from another comes at boot. */
function resolvePool(file: ClusterFile, name: string, spec: PoolSpec, index: number): ClusterNode {
  const { nodeName, interface: device } = spec;
  return {
    role: 'worker',
    index,
    name: poolNodeName(name),
    address: '',
    pool: { name, nodeName, ...(device === undefined ? {} : { interface: device }) },
    arch: spec.arch ?? file.arch,
    labels: { ...file.roles.worker.labels, ...spec.labels },
    taints: uniqueTaints([...spec.taints, ...file.roles.worker.taints]),
    etcdMember: false,
  };
}

/** A node's own taint wins over its role's of the same key and effect. */
function uniqueTaints(taints: readonly Taint[]): readonly Taint[] {
  const byIdentity = new Map(taints.toReversed().map((taint) => [`${taint.key}:${taint.effect}`, taint]));
  return [...byIdentity.values()];
}
