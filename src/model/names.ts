import { isAddress } from './schema/addresses.ts';
import type { ClusterFile, NodeSpec, Role } from './schema/cluster-file.ts';

const letters: Readonly<Record<Role, string>> = { master: 'm', worker: 'w', etcd: 'etcd', balancer: 'lb' };

/** The default name of a node: `prod-m1` for the first master of `prod`. */
export function defaultNodeName(cluster: string, role: Role, index: number): string {
  return `${cluster}-${letters[role]}${index + 1}`;
}

export function nodeNameOf(cluster: string, role: Role, index: number, node: NodeSpec): string {
  return node.name ?? defaultNodeName(cluster, role, index);
}

/** A pool's default: any name and any address that is not reserved. */
export const anyName = '*';
export const anyNetwork = '0.0.0.0/0';

/** Whether a name matches a pool's pattern, in which only `*` is special: any number of characters. */
export function fitsPattern(pattern: string, name: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll('.', '\\.'));
  return new RegExp(`^${parts.join('.*')}$`).test(name);
}

/** A pool's name where a node's name is expected: in the state's inventory and as a folder. */
export function poolNodeName(pool: string): string {
  return `pool-${pool}`;
}

/**
 * Names and addresses for the API server's certificate: those by which pods, nodes and people reach it. The list of
 * seed document 000, with the node names added.
 */
export function apiServerNames(file: ClusterFile, serviceIP: string): { dnsNames: string[]; ipAddresses: string[] } {
  const domain = file.network.dnsDomain;
  const masters = file.nodes.controlPlane;
  const { address, name, extraSANs } = file.apiEndpoint;
  const balancers =
    file.apiEndpoint.loadBalancer.type === 'balancer' ? file.nodes.balancers.map((node) => node.address) : [];
  const dnsNames = [
    'localhost',
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    `kubernetes.default.svc.${domain}`,
    ...masters.map((node, index) => nodeNameOf(file.name, 'master', index, node)),
    ...(name === undefined ? [] : [name]),
    ...extraSANs.filter((san) => !isAddress(san)),
  ];
  const ipAddresses = [
    '127.0.0.1',
    serviceIP,
    ...masters.map((node) => node.address),
    ...balancers,
    ...(address === undefined ? [] : [address]),
    ...extraSANs.filter((san) => isAddress(san)),
  ];
  return { dnsNames: [...new Set(dnsNames)], ipAddresses: [...new Set(ipAddresses)] };
}
