import type { Diagnostic } from '../base/diagnostic.ts';
import type { Cluster, ClusterNode } from '../model/cluster.ts';
import { nodePath } from '../model/node-path.ts';
import { nodeLists } from '../model/roles.ts';
import type { Memory } from './memory.ts';
import { messages } from './messages.ts';

/** Nodes whose name is derived from their place in the list. */
function unnamed(cluster: Cluster): readonly ClusterNode[] {
  return cluster.nodes.filter((node) => cluster.spec.nodes[nodeLists[node.role]][node.index]?.name === undefined);
}

/**
 * Nodes whose name would change because the list before them became shorter or longer. A name stands for an etcd
 * member, certificates and a Node: another name at the same address would take over those of another machine.
 */
export function shiftedNames(memory: Memory, cluster: Cluster): readonly Diagnostic[] {
  return unnamed(cluster).flatMap((node) => {
    const before = memory.names[node.address];
    if (before === undefined || before === node.name) return [];
    return [messages.renamed(nodePath(node), node, before)];
  });
}

/** Includes nodes that are no longer in the file: their names stay reserved. */
export function namesNow(memory: Memory, cluster: Cluster): Memory['names'] {
  return { ...memory.names, ...Object.fromEntries(unnamed(cluster).map(({ address, name }) => [address, name])) };
}
