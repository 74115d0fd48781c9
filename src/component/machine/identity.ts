import { nodePaths } from '../../base/node-paths.ts';
import type { Pool } from '../../model/cluster.ts';
import type { Merged } from '../build/merged.ts';
import { type Component, type NodeContext, runsPods } from '../context.ts';
import type { Contribution } from '../contract.ts';

/**
 * Labels and taints with which kubelet registers the node, so that no master is needed for them. Labels that a kubelet
 * may not set itself (role labels and others of kubernetes.io) come from the masters alone. Taints are in kubelet's
 * configuration if it has a field for them.
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
 * How a machine of a pool finds its name and address at boot, before all other units of knode: one user-data serves the
 * whole pool, and contains no address.
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

/** Identity of a node with an address: its name, address, labels and taints are in the cluster file. */
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

/** Variables for the scripts, from all contributions of the components. */
export function clusterEnvContribution({ cluster, node }: NodeContext, merged: Merged): Contribution {
  const values = {
    KNODE_CLUSTER: cluster.name,
    KNODE_ROLE: node.role,
    KNODE_STAGES: merged.startedUnits.filter((unit) => unit.endsWith('.service')).join(' '),
    ...merged.environment,
  };
  return { files: [{ path: nodePaths.clusterEnv, layer: 'cluster', content: { kind: 'env', values } }] };
}
