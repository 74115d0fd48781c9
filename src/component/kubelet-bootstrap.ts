import { nodePaths } from '../base/node-paths.ts';
import type { Cluster } from '../model/cluster.ts';
import type { Flags } from './arguments.ts';
import { type Component, isMaster, runsPods } from './context.ts';
import { type Content, type Contribution, SecretRef } from './contract.ts';
import { kubeconfig } from './kubeconfig.ts';
import { kubernetesAuthorityPath } from './trust.ts';

/** The kubeconfig that a new kubelet asks for its certificate with. */
export const bootstrapKubeconfigPath: string = `${nodePaths.kubernetes}/bootstrap-kubelet.kubeconfig`;
const tokenFilePath = `${nodePaths.kubernetes}/token.csv`;
const tokenName = 'bootstrap-token';
const fileTokenName = 'bootstrap-token-file';

/** Group of kubelets that are not nodes yet: they may ask for a node certificate, and look whether a node is there (`join`). */
export function bootstrapGroup(cluster: Cluster): string {
  return usesTokenFile(cluster) ? 'system:kubelet-bootstrap' : 'system:bootstrappers';
}

function usesTokenFile(cluster: Cluster): boolean {
  return cluster.spec.kubernetes.bootstrap.method === 'token-file';
}

export function tokenFileFlags(cluster: Cluster): Flags {
  return usesTokenFile(cluster) ? { 'token-auth-file': tokenFilePath } : {};
}

/** The Secret that makes the API server accept the token until it expires (Kubernetes documentation, "Bootstrap tokens"). */
export function tokenSecret(): object {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'bootstrap.kubernetes.io/token',
    metadata: { name: new SecretRef(tokenName, 'id', 'bootstrap-token-'), namespace: 'kube-system' },
    stringData: {
      'token-id': new SecretRef(tokenName, 'id'),
      'token-secret': new SecretRef(tokenName, 'secret'),
      expiration: new SecretRef(tokenName, 'expires'),
      'usage-bootstrap-authentication': 'true',
      description: 'kubelets of new nodes',
    },
  };
}

function tokenOf(cluster: Cluster): { secret: Contribution['secrets']; token: SecretRef } {
  if (usesTokenFile(cluster)) {
    return {
      secret: [{ name: fileTokenName, type: 'random', bytes: 16, encoding: 'hex' }],
      token: new SecretRef(fileTokenName, 'value'),
    };
  }
  const ttlHours = Number.parseInt(cluster.spec.kubernetes.bootstrap.tokenTTL, 10);
  return { secret: [{ name: tokenName, type: 'bootstrap-token', ttlHours }], token: new SecretRef(tokenName, 'token') };
}

export const kubeletBootstrap: Component = {
  name: 'kubelet-bootstrap',
  contribute(context) {
    const { cluster } = context;
    if (!runsPods(context)) return undefined;
    const { secret, token } = tokenOf(cluster);
    const content = kubeconfig({
      cluster: cluster.name,
      server: cluster.nodeUrl,
      user: 'kubelet-bootstrap',
      authority: kubernetesAuthorityPath,
      credentials: { token },
    });
    const from = ['kubernetes', 'bootstrap'];
    const tokenFile: Content = {
      kind: 'csv',
      cells: [new SecretRef(fileTokenName, 'value'), 'kubelet-bootstrap', '10001', bootstrapGroup(cluster)],
    };
    return {
      secrets: secret ?? [],
      files: [
        { path: bootstrapKubeconfigPath, layer: 'cluster', secret: true, content, from },
        ...(isMaster(context) && usesTokenFile(cluster)
          ? [{ path: tokenFilePath, layer: 'cluster', secret: true, content: tokenFile, from } as const]
          : []),
      ],
    };
  },
};
