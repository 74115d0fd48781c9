import { nodePaths } from '../../base/node-paths.ts';
import type { Component } from '../context.ts';
import { SecretRef } from '../requests.ts';

/** Name of the right, in the state and for `--found`. */
export const foundingRightName = 'founding';
const right = foundingRightName;

/**
 * The right to found the etcd cluster: a credential that expires, so that a member that has lost its data does not
 * found a second cluster while the others are merely unreachable. It is in the node layer, because no image may have
 * it.
 */
export const etcdFounding: Component = {
  name: 'etcd-founding',
  purpose: 'the right to found the etcd cluster, with its end',
  contribute({ cluster, node }) {
    const { initialClusterState, foundingTTL } = cluster.spec.etcd;
    if (initialClusterState === 'existing') return undefined;
    const ttlHours = Number.parseInt(foundingTTL, 10);
    return {
      // The first render of any node starts the period, so that the order of renders does not matter.
      secrets: [{ name: right, type: 'founding-right', ttlHours, traces: ['bootstrap-token', 'bootstrap-token-file'] }],
      files: node.etcdMember
        ? [
            {
              path: nodePaths.founding,
              layer: 'node',
              secret: true,
              during: right,
              from: ['etcd', 'foundingTTL'],
              content: {
                kind: 'env',
                values: {
                  KNODE_FOUNDING_SINCE: new SecretRef(right, 'since'),
                  KNODE_FOUNDING_UNTIL: new SecretRef(right, 'until'),
                },
              },
            },
          ]
        : [],
    };
  },
};
