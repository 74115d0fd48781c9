import { isAddress } from '../../base/cidr.ts';
import type { DataPath } from '../../base/diagnostic.ts';
import type { Cluster, Role } from '../../model/cluster.ts';
import { eachIntact } from '../../model/loading/intact.ts';
import { error, type Finding, type Rule } from '../../model/rules/rule.ts';
import { finalKubeProxy } from './kube-proxy.ts';
import { finalKubelet } from './kubelet.ts';
import { listener, say } from './messages.ts';

/** A program that listens on a TCP port of a node. */
interface Listener {
  readonly name: string;
  readonly port: number;
  /** `*` is every address, `node` the node's own. */
  readonly on: '*' | 'node' | 'loopback';
  /** The setting of the port; undefined if there is none. */
  readonly path: DataPath | undefined;
}

function ofFlag(args: Readonly<Record<string, unknown>>, flag: string, usual: number): number {
  const own = args[flag] ?? args[flag.replaceAll('-', '_')];
  const port = Number(Array.isArray(own) ? own.at(-1) : (own ?? usual));
  return Number.isInteger(port) ? port : usual;
}

function controlPlane({ spec }: Cluster): readonly Listener[] {
  const { apiServer, controllerManager, scheduler } = spec.kubernetes;
  const secure = (name: string, key: 'controllerManager' | 'scheduler', usual: number): Listener => ({
    name,
    port: ofFlag((key === 'scheduler' ? scheduler : controllerManager).extraArgs, 'secure-port', usual),
    on: '*',
    path: ['kubernetes', key, 'extraArgs', 'secure-port'],
  });
  return [
    { name: 'kube-apiserver', port: apiServer.port, on: '*', path: ['kubernetes', 'apiServer', 'port'] },
    secure('kube-controller-manager', 'controllerManager', 10257),
    secure('kube-scheduler', 'scheduler', 10259),
  ];
}

function isLoopback(host: string): boolean {
  return host.startsWith('127.') || host === 'localhost' || host === '[::1]';
}

function etcdPorts({ spec }: Cluster): readonly Listener[] {
  const own = spec.etcd.extraArgs['listen-metrics-urls'];
  const metrics = (Array.isArray(own) ? own : [own]).flatMap((one) => String(one ?? '').split(',')).filter(Boolean);
  return [
    { name: 'etcd', port: spec.etcd.clientPort, on: '*', path: ['etcd', 'clientPort'] },
    { name: listener.etcdPeers, port: spec.etcd.peerPort, on: 'node', path: ['etcd', 'peerPort'] },
    ...metrics.flatMap((url): Listener[] => {
      if (!URL.canParse(url)) return [];
      const { hostname, port } = new URL(url);
      const on = hostname === '0.0.0.0' || hostname === '[::]' ? '*' : isLoopback(hostname) ? 'loopback' : 'node';
      return [
        { name: listener.etcdMetrics, port: Number(port), on, path: ['etcd', 'extraArgs', 'listen-metrics-urls'] },
      ];
    }),
  ];
}

/** A plain address has the default port. */
function portOf(hostPort: unknown, usual: number): number {
  return isAddress(String(hostPort)) ? usual : Number(/:(\d+)$/.exec(String(hostPort))?.[1] ?? 0);
}

function nodePrograms(cluster: Cluster): readonly Listener[] {
  const { kubelet, kubeProxy } = cluster.spec.kubernetes;
  const [ofKubelet, ofProxy] = [finalKubelet(cluster), finalKubeProxy(cluster)];
  const written = (section: string, config: object, field: string): DataPath | undefined =>
    Object.hasOwn(config, field) ? ['kubernetes', section, 'extraConfig', field] : undefined;
  const kubeletPort = (name: string, field: string, on: Listener['on']): Listener => ({
    name,
    port: Number(ofKubelet.value(field)),
    on,
    path: written('kubelet', kubelet.extraConfig, field),
  });
  const proxyPort = (name: string, field: string, usual: number): Listener => ({
    name,
    port: portOf(ofProxy.value(field), usual),
    on: String(ofProxy.value(field)).startsWith('127.') ? 'loopback' : '*',
    path: written('kubeProxy', kubeProxy.extraConfig, field),
  });
  return [
    kubeletPort('kubelet', 'port', '*'),
    kubeletPort(listener.kubeletHealth, 'healthzPort', 'loopback'),
    kubeletPort(listener.kubeletOpen, 'readOnlyPort', '*'),
    proxyPort(listener.proxyHealth, 'healthzBindAddress', 10256),
    proxyPort(listener.proxyMetrics, 'metricsBindAddress', 10249),
  ];
}

function localBalancer({ spec }: Cluster): readonly Listener[] {
  const { type, port } = spec.apiEndpoint.loadBalancer;
  const path = ['apiEndpoint', 'loadBalancer', 'port'];
  return type === 'local' ? [{ name: listener.balancer, port, on: 'loopback', path }] : [];
}

/** Whether two listeners on one port conflict. */
function meet(a: Listener, b: Listener): boolean {
  return a.port === b.port && a.port > 0 && (a.on === b.on || a.on === '*' || b.on === '*');
}

function clashes(role: Role, listeners: readonly Listener[]): Finding[] {
  return listeners.flatMap((later, index) =>
    listeners.slice(0, index).flatMap((earlier) => {
      const paths = [later.path, earlier.path].filter((one) => one !== undefined);
      // The user's own value is a better place than the setting that it conflicts with.
      const path = paths.find((one) => one.includes('extraConfig') || one.includes('extraArgs')) ?? paths[0];
      // Addresses of the same program do not count.
      if (later.name === earlier.name || !meet(earlier, later) || path === undefined) return [];
      return [error(path, say('port-taken', { later: later.name, earlier: earlier.name, port: later.port, role }))];
    }),
  );
}

/** Listeners on the nodes of each role, from the final values of programs. */
export function listenersOf(
  cluster: Cluster,
): Readonly<Record<'master' | 'worker' | 'etcd node', readonly Listener[]>> {
  const etcdHere = cluster.spec.nodes.etcd.length === 0;
  const pods = () => [...nodePrograms(cluster), ...localBalancer(cluster)];
  return {
    master: [...controlPlane(cluster), ...(etcdHere ? etcdPorts(cluster) : []), ...pods()],
    worker: pods(),
    'etcd node': etcdHere ? [] : etcdPorts(cluster),
  };
}

/** Two programs on a node cannot listen on the same port: the later one would fail at every start. */
export const portsDiffer: Rule = (cluster) => {
  const all = listenersOf(cluster);
  const found = eachIntact(['master', 'worker', 'etcd node'] as const, (role) => clashes(role as Role, all[role]));
  // A conflict on masters is reported once.
  return [
    ...new Map(found.map((one) => [JSON.stringify([one.path, { ...one.parameters, role: undefined }]), one])).values(),
  ];
};
