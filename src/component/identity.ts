import { nodePaths } from '../base/node-paths.ts';
import type { NodeContext } from './context.ts';
import type { Contribution } from './contract.ts';
import type { Merged } from './merged.ts';

/** What the node knows about itself, and what its scripts know about the cluster. */
export function identityContribution({ cluster, node }: NodeContext, merged: Merged): Contribution {
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
        content: { kind: 'env', values: { NODE_NAME: node.name, NODE_IP: node.address } },
      },
      { path: nodePaths.clusterEnv, layer: 'cluster', content: { kind: 'env', values: variables } },
    ],
  };
}
