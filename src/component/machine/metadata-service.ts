import { nodePaths } from '../../base/node-paths.ts';
import { type Component, runsPods } from '../context.ts';

/**
 * Blocks pods from the cloud's metadata service: it answers every process on the machine, and a node's user-data holds
 * its keys (cluster-api-provider-aws#574, kops#14315). Pods in the host's network can still reach it.
 */
export const metadataService: Component = {
  name: 'metadata-service',
  purpose: 'keeps pods from the cloud’s metadata service, which shows the user-data',
  contribute(context) {
    if (!runsPods(context) || context.cluster.spec.network.metadataService === 'allow') return undefined;
    const from = ['network', 'metadataService'];
    return {
      files: [{ path: `${nodePaths.lib}/metadata`, layer: 'image', mode: '0755', from, content: { kind: 'static' } }],
      units: [{ name: 'knode-metadata.service', layer: 'image', start: true, from, content: { kind: 'static' } }],
    };
  },
};
