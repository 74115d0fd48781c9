import { nodePaths } from '../base/node-paths.ts';
import { type NodeContext, runsPods } from './context.ts';
import type { Contribution } from './contract.ts';
import type { Merged } from './merged.ts';

/**
 * Marks that kubelet registers the node with, so that they need no master's help. Labels that a kubelet may not give itself (role
 * labels and others of kubernetes.io) come from the masters alone.
 */
function marks({ cluster, node }: NodeContext): Record<string, string> {
  const labels = Object.entries(node.labels).filter(([key]) => cluster.kubernetes.kubeletMayLabel(key));
  const taints = node.taints.map(({ key, value, effect }) => `${key}=${value}:${effect}`);
  return {
    NODE_LABELS: labels
      .map(([key, value]) => `${key}=${value}`)
      .sort()
      .join(','),
    NODE_TAINTS: taints.sort().join(','),
  };
}

/** What the node knows about itself, and what its scripts know about the cluster. */
export function identityContribution(context: NodeContext, merged: Merged): Contribution {
  const { cluster, node } = context;
  const identity = { NODE_NAME: node.name, NODE_IP: node.address };
  const variables = {
    KNODE_CLUSTER: cluster.name,
    KNODE_ROLE: node.role,
    KNODE_STAGES: merged.startedUnits.filter((unit) => unit.endsWith('.service')).join(' '),
    ...merged.environment,
  };
  return {
    files: [
      {
        path: nodePaths.nodeEnv,
        layer: 'node',
        from: ['nodes'],
        content: { kind: 'env', values: runsPods(context) ? { ...identity, ...marks(context) } : identity },
      },
      { path: nodePaths.clusterEnv, layer: 'cluster', content: { kind: 'env', values: variables } },
    ],
  };
}
