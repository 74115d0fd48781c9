import { nodePaths } from '../../base/node-paths.ts';
import type { Cluster } from '../../model/cluster.ts';
import { apiClient, localApiUrl } from '../build/api-client.ts';
import { type Component, isMaster } from '../context.ts';
import type { FileDecl, UnitDecl } from '../contract.ts';
import { tokenSecret } from '../worker/kubelet-bootstrap.ts';
import { coreDnsObjects } from './core-dns.ts';
import { rbacObjects } from './rbac.ts';

/** A manifest on the node; manifests are applied in the order of their names. */
function manifest(name: string, documents: readonly object[], secret = false): FileDecl {
  return {
    path: `${nodePaths.manifests}/${name}.yaml`,
    layer: 'cluster',
    secret,
    content: { kind: 'yaml', documents },
  };
}

function manifests(cluster: Cluster): readonly FileDecl[] {
  const { coreDNS, manifests: extra } = cluster.spec.addons;
  const usesSecret = cluster.spec.kubernetes.bootstrap.method === 'token-secret';
  return [
    manifest('10-rbac', rbacObjects(cluster)),
    ...(usesSecret ? [manifest('20-bootstrap-token', [tokenSecret()], true)] : []),
    ...(coreDNS.enabled ? [manifest('30-coredns', coreDnsObjects(cluster))] : []),
    ...extra.map((file, index): FileDecl => {
      const name = file.split('/').at(-1) ?? file;
      const path = `${nodePaths.manifests}/${50 + index}-${name}`;
      const from = ['addons', 'manifests', index];
      // It may contain a Secret, and only root applies it.
      return { path, layer: 'cluster', mode: '0600', from, content: { kind: 'source', file } };
    }),
  ];
}

const units: readonly UnitDecl[] = [
  { name: 'knode-bootstrap.service', layer: 'image', start: true, content: { kind: 'static' } },
];

/** Turns an API server into a cluster: RBAC and add-ons. Any master may do it. */
export const applyManifests: Component = {
  name: 'bootstrap',
  purpose: 'applies access rules and add-ons, from any master',
  versionSettings: { kubectl: ['kubernetes', 'version'] },
  contribute(context) {
    if (!isMaster(context)) return undefined;
    const { cluster, node } = context;
    const client = apiClient(context, {
      program: 'knode-bootstrap',
      file: 'bootstrap',
      user: 'knode-bootstrap',
      // Masters hold the CA key; an administrator's certificate beside it grants nothing more.
      groups: ['system:masters'],
      server: localApiUrl(context),
    });
    return {
      files: [
        ...client.files,
        ...manifests(cluster),
        { path: `${nodePaths.lib}/bootstrap`, layer: 'image', mode: '0755', content: { kind: 'static' } },
      ],
      units,
      certificates: client.certificates,
      environment: {
        KNODE_GENERATION: String(cluster.generation),
        ...(cluster.kubernetes.hasServerSideApply() ? { KNODE_SERVER_SIDE: 'yes' } : {}),
      },
      artifacts: [{ name: 'kubectl', version: cluster.versions.kubernetes, arch: node.arch }],
    };
  },
};
