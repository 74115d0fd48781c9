import type { DataPath } from '../base/diagnostic.ts';
import type { ClusterNode } from './cluster.ts';
import { nodeLists } from './roles.ts';

/** The node's own entry in the cluster file; for a pool's node, its pool. */
export function nodePath(node: ClusterNode): DataPath {
  if (node.pool !== undefined) return ['nodes', 'pools', node.pool.name];
  return ['nodes', nodeLists[node.role], node.index];
}
