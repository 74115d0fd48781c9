import { nodePaths } from '../../base/node-paths.ts';
import type { ClusterNode } from '../../model/cluster.ts';
import { serviceSandbox } from '../build/sandbox.ts';
import { type Component, type NodeContext, runsPods } from '../context.ts';
import type { PassportBearer, PassportRequest } from '../requests.ts';

function bearerOf({ pool, name, address }: ClusterNode): PassportBearer {
  if (pool === undefined) return { kind: 'node', name, address };
  return { kind: 'pool', pool: pool.name, names: pool.names, network: pool.network };
}

function passportRequest({ cluster, node }: NodeContext): PassportRequest {
  return {
    id: node.name,
    cluster: cluster.name,
    bearer: bearerOf(node),
    role: node.role,
    labels: Object.entries(node.labels)
      .map(([key, value]) => `${key}=${value}`)
      .sort(),
    taints: node.taints.map(({ key, value, effect }) => `${key}=${value}:${effect}`).sort(),
  };
}

/**
 * The node's identity, signed by the state. The node puts it on its own Node object as the annotation
 * knode.dev/passport, and masters trust it alone (`approval`), so that no master has a list of the nodes.
 */
export const passport: Component = {
  name: 'passport',
  purpose: 'shows the API server who this node is, signed by your state',
  versionSettings: { kubectl: ['kubernetes', 'version'] },
  contribute(context) {
    if (!runsPods(context)) return undefined;
    const { cluster, node } = context;
    const request = passportRequest(context);
    return {
      passports: [request],
      files: [
        {
          path: nodePaths.passport,
          layer: 'node',
          from: ['nodes'],
          content: { kind: 'passport', id: request.id },
        },
        { path: `${nodePaths.lib}/passport`, layer: 'image', mode: '0755', content: { kind: 'static' } },
      ],
      units: [
        {
          name: 'knode-passport.service',
          layer: 'image',
          start: true,
          content: { kind: 'template', data: { sandbox: serviceSandbox } },
        },
        { name: 'knode-passport.timer', layer: 'image', start: true, content: { kind: 'static' } },
      ],
      artifacts: [{ name: 'kubectl', version: cluster.versions.kubernetes, arch: node.arch }],
    };
  },
};
