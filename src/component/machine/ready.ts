import { nodePaths } from '../../base/node-paths.ts';
import type { Merged } from '../build/merged.ts';
import { type Component, type NodeContext, runsPods } from '../context.ts';
import type { Contribution } from '../contract.ts';

/** The last stage: waits until the node is ready, writes the receipt and one line on the console. */
export const ready: Component = {
  name: 'ready',
  purpose: 'starts everything at boot, and tells when the node does its job',
  versionSettings: { kubectl: ['kubernetes', 'version'] },
  contribute(context) {
    const { cluster, node } = context;
    return {
      files: [
        {
          path: `${nodePaths.lib}/ready`,
          layer: 'image',
          mode: '0755',
          content: { kind: 'static', sections: [node.role] },
        },
      ],
      units: [{ name: 'knode-ready.service', layer: 'image', start: true, content: { kind: 'static' } }],
      ...(runsPods(context)
        ? { artifacts: [{ name: 'kubectl', version: cluster.versions.kubernetes, arch: node.arch }] }
        : {}),
    };
  },
};

/** The target that wants every unit of the node: cloud-init only starts this target. */
export function targetContribution(_context: NodeContext, merged: Merged): Contribution {
  const units = merged.startedUnits;
  return {
    units: [{ name: 'knode.target', layer: 'cluster', start: false, content: { kind: 'template', data: { units } } }],
  };
}
