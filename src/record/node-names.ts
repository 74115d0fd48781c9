import type { Diagnostic } from '../base/diagnostic.ts';
import type { Cluster, ClusterNode } from '../model/cluster.ts';
import type { Role } from '../model/schema/cluster-file.ts';
import type { Memory } from './memory.ts';
import { messages } from './messages.ts';

const lists = { master: 'masters', worker: 'workers', etcd: 'etcd', balancer: 'balancers' } as const satisfies Record<
  Role,
  string
>;

/** Nodes whose name follows from their place in the list. */
function unnamed(cluster: Cluster): readonly ClusterNode[] {
  return cluster.nodes.filter((node) => cluster.spec.nodes[lists[node.role]][node.index]?.name === undefined);
}

/**
 * Nodes that would get another name because the list before them is shorter or longer than it was. A machine's name is its
 * member of etcd, its certificates and its Node: another name at the same address would take over those of another machine.
 */
export function shiftedNames(memory: Memory, cluster: Cluster): readonly Diagnostic[] {
  return unnamed(cluster).flatMap((node) => {
    const before = memory.names[node.address];
    if (before === undefined || before === node.name) return [];
    return [messages.renamed(['nodes', lists[node.role], node.index], node, before)];
  });
}

/** Also of nodes that are not in the file any more: their names stay theirs. */
export function namesNow(memory: Memory, cluster: Cluster): Memory['names'] {
  return { ...memory.names, ...Object.fromEntries(unnamed(cluster).map(({ address, name }) => [address, name])) };
}
