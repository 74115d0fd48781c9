import { nodePaths } from '../../base/node-paths.ts';
import type { Pool } from '../../model/cluster.ts';
import type { Merged } from '../build/merged.ts';
import { type Component, type NodeContext, runsPods } from '../context.ts';
import type { Contribution } from '../contract.ts';

/**
 * Marks that kubelet registers the node with, so that they need no master's help. Labels that a kubelet may not give itself (role
 * labels and others of kubernetes.io) come from the masters alone. Taints stand in kubelet's configuration where it has a field for them.
 */
function marks({ cluster, node }: NodeContext): { readonly NODE_LABELS: string; readonly NODE_TAINTS?: string } {
  const labels = Object.entries(node.labels).filter(([key]) => cluster.kubernetes.kubeletMayLabel(key));
  const taints = node.taints.map(({ key, value, effect }) => `${key}=${value}:${effect}`);
  return {
    NODE_LABELS: labels
      .map(([key, value]) => `${key}=${value}`)
      .sort()
      .join(','),
    ...(cluster.kubernetes.hasTaintsField() ? {} : { NODE_TAINTS: taints.sort().join(',') }),
  };
}

/**
 * Where a pool's machine finds its name and address at boot, before anything else of knode runs: one user-data serves the whole
 * pool, and there is no address in it.
 */
function poolContribution(context: NodeContext, pool: Pool): Contribution {
  const { NODE_LABELS, NODE_TAINTS } = marks(context);
  return {
    files: [
      {
        path: `${nodePaths.lib}/identity`,
        layer: 'image',
        mode: '0755',
        content: { kind: 'static', sections: NODE_TAINTS === undefined ? [] : ['taints'] },
      },
    ],
    units: [{ name: 'knode-identity.service', layer: 'image', start: true, content: { kind: 'static' } }],
    environment: {
      KNODE_POOL: pool.name,
      KNODE_NODE_NAME: pool.nodeName,
      ...(pool.interface === undefined ? {} : { KNODE_INTERFACE: pool.interface }),
      KNODE_NODE_LABELS: NODE_LABELS,
      ...(NODE_TAINTS === undefined ? {} : { KNODE_NODE_TAINTS: NODE_TAINTS }),
    },
  };
}

/** What an addressed node knows about itself: its name, its address and its marks stand in the cluster file. */
function addressedContribution(context: NodeContext): Contribution {
  const identity = { NODE_NAME: context.node.name, NODE_IP: context.node.address };
  const values = runsPods(context) ? { ...identity, ...marks(context) } : identity;
  return { files: [{ path: nodePaths.nodeEnv, layer: 'node', from: ['nodes'], content: { kind: 'env', values } }] };
}

export const identity: Component = {
  name: 'identity',
  purpose: 'tells units and scripts the name and address of this node, and what they must know of the cluster',
  contribute(context) {
    const { pool } = context.node;
    return pool === undefined ? addressedContribution(context) : poolContribution(context, pool);
  },
};

/** What the scripts know about the cluster, from everything that the components say about it. */
export function clusterEnvContribution({ cluster, node }: NodeContext, merged: Merged): Contribution {
  const values = {
    KNODE_CLUSTER: cluster.name,
    KNODE_ROLE: node.role,
    KNODE_STAGES: merged.startedUnits.filter((unit) => unit.endsWith('.service')).join(' '),
    ...merged.environment,
  };
  return { files: [{ path: nodePaths.clusterEnv, layer: 'cluster', content: { kind: 'env', values } }] };
}
