import { namesNetwork, notAMachine } from '../../../base/cidr.ts';
import type { DataPath } from '../../../base/diagnostic.ts';
import type { Cluster, ClusterNode } from '../../cluster.ts';
import { eachIntact } from '../../loading/intact.ts';
import { nodePath } from '../../node-path.ts';
import { error, type Finding, type Rule } from '../rule.ts';
import { say } from './address-messages.ts';

function ownAddress({ spec }: Cluster, node: ClusterNode): Finding[] {
  const path = [...nodePath(node), 'address'];
  const { address } = node;
  const kind = notAMachine(address);
  if (kind !== undefined) return [error(path, say('address-impossible/node', { address, kind }))];
  const { cidr, gateway } = spec.network.host;
  const name = cidr === undefined ? undefined : namesNetwork(cidr, address);
  if (name !== undefined) {
    return [error(path, say('address-impossible/network', { address, name, cidr }))];
  }
  if (address !== gateway) return [];
  return [error(path, say('address-gateway', { address }))];
}

/** pkg/kubelet/kubelet_node_status.go of Kubernetes, validateNodeIP, and a network's own addresses. */
export const addressesArePossible: Rule = (cluster) => eachIntact(cluster.nodes, (node) => ownAddress(cluster, node));

/** /etc/hosts of every system resolves this name to the loopback address. */
export const namesAreNotLocalhost: Rule = (cluster) =>
  eachIntact(cluster.nodes, (node) => {
    if (!/^localhost(\.|$)/.test(node.name)) return [];
    return [error([...nodePath(node), 'name'], say('name-localhost/node', { name: node.name }))];
  });

/** The address of the API: nothing can listen at some addresses. */
export const endpointIsPossible: Rule = ({ spec }) => {
  const { address } = spec.apiEndpoint;
  const kind = address === undefined ? undefined : notAMachine(address);
  // A tunnel or an anycast address on one machine may be loopback or link-local.
  if (kind === undefined || !/unspecified|multicast|broadcast/.test(kind)) return [];
  return [error(['apiEndpoint', 'address'], say('address-impossible/endpoint', { address, kind }))];
};

/** Two taints in one list with the same key and effect: a node can have only one of them. */
function twice(taints: readonly { readonly key: string; readonly effect: string }[], path: DataPath): Finding[] {
  return taints.flatMap(({ key, effect }, index) => {
    const earlier = taints.findIndex((other) => other.key === key && other.effect === effect);
    if (earlier === index) return [];
    return [error([...path, index], say('taint-twice', { key, effect }))];
  });
}

export const taintsDiffer: Rule = ({ spec }) => {
  const roles = (['master', 'worker'] as const).map((role) => ({
    path: ['roles', role, 'taints'],
    taints: () => spec.roles[role].taints,
  }));
  const nodes = (['controlPlane', 'workers'] as const).flatMap((list) =>
    spec.nodes[list].map((_node, index) => ({
      path: ['nodes', list, index, 'taints'],
      taints: () => spec.nodes[list][index]?.taints ?? [],
    })),
  );
  const pools = Object.keys(spec.nodes.pools).map((pool) => ({
    path: ['nodes', 'pools', pool, 'taints'],
    taints: () => spec.nodes.pools[pool]?.taints ?? [],
  }));
  return eachIntact([...roles, ...nodes, ...pools], ({ path, taints }) => twice(taints(), path));
};
