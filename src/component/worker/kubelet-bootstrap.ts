import { nodePaths } from '../../base/node-paths.ts';
import type { Cluster, ClusterNode } from '../../model/cluster.ts';
import type { Flags } from '../build/arguments.ts';
import { clientCertificate, keyPairFiles } from '../build/key-pair.ts';
import { kubeconfig, kubeconfigMode } from '../build/kubeconfig.ts';
import { type Component, isMaster, type NodeContext, runsPods } from '../context.ts';
import type { Content, Contribution, FileDecl } from '../contract.ts';
import { kubernetesAuthorityPath } from '../machine/trust.ts';
import { type CertificateRequest, SecretRef } from '../requests.ts';

/** The kubeconfig with which a new kubelet requests its certificate. */
export const bootstrapKubeconfigPath: string = `${nodePaths.kubernetes}/bootstrap-kubelet.kubeconfig`;
const tokenFilePath = `${nodePaths.kubernetes}/token.csv`;
const keyPairPath = `${nodePaths.pki}/kubelet-bootstrap`;
const tokenName = 'bootstrap-token';
const fileTokenName = 'bootstrap-token-file';

/**
 * Group of machines of pools that are not nodes yet. It is bound on every master, so that a new pool changes no master.
 */
export const poolsGroup = 'knode:pools';

/** Group of kubelets that have a token; undefined if nodes join with certificates. */
export function tokenGroup(cluster: Cluster): string | undefined {
  const { method } = cluster.spec.kubernetes.bootstrap;
  if (method === 'certificate') return undefined;
  return method === 'token-file' ? 'system:kubelet-bootstrap' : 'system:bootstrappers';
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

function lifetimeHours(cluster: Cluster): number {
  return Number.parseInt(cluster.spec.kubernetes.bootstrap.tokenTTL, 10);
}

/**
 * The joining credential of a machine. It is a certificate in the node's own name, which kube-controller-manager renews
 * only for its bearer (selfnodeclient), or in the name of its pool, whose requests the approver judges by the groups:
 * they limit name and address.
 */
function joiningCertificate({ cluster, node }: NodeContext): CertificateRequest {
  const { user, groups } = joiningIdentity(node);
  const request = clientCertificate(`kubelet-bootstrap@${node.name}`, 'kubernetes', user, groups);
  return { ...request, lifetimeHours: lifetimeHours(cluster) };
}

function joiningIdentity({ name, pool }: ClusterNode): { readonly user: string; readonly groups: readonly string[] } {
  if (pool === undefined) return { user: `system:node:${name}`, groups: ['system:nodes'] };
  return {
    user: `knode:pool:${pool.name}`,
    groups: [poolsGroup, `knode:names:${pool.names}`, `knode:network:${pool.network}`],
  };
}

const from = ['kubernetes', 'bootstrap'];

function byCertificate(context: NodeContext): Contribution {
  const request = joiningCertificate(context);
  const credentials = { certificate: `${keyPairPath}.crt`, key: `${keyPairPath}.key` };
  return {
    certificates: [request],
    files: [...keyPairFiles(keyPairPath, request.id), kubeconfigFile(context.cluster, credentials)],
  };
}

function kubeconfigFile(cluster: Cluster, credentials: Parameters<typeof kubeconfig>[0]['credentials']): FileDecl {
  const content = kubeconfig({
    cluster: cluster.name,
    server: cluster.nodeUrl,
    user: 'kubelet-bootstrap',
    authority: kubernetesAuthorityPath,
    credentials,
  });
  const secret = 'token' in credentials;
  return { path: bootstrapKubeconfigPath, layer: 'cluster', mode: kubeconfigMode, secret, content, from };
}

function byTokenFile(context: NodeContext): Contribution {
  const { cluster } = context;
  const token = new SecretRef(fileTokenName, 'value');
  const content: Content = { kind: 'csv', cells: [token, 'kubelet-bootstrap', '10001', tokenGroup(cluster) ?? ''] };
  const tokenFile: FileDecl = { path: tokenFilePath, layer: 'cluster', secret: true, content, from };
  return {
    secrets: [{ name: fileTokenName, type: 'random', bytes: 16, encoding: 'hex' }],
    files: [kubeconfigFile(cluster, { token }), ...(isMaster(context) ? [tokenFile] : [])],
  };
}

function byTokenSecret({ cluster }: NodeContext): Contribution {
  return {
    secrets: [{ name: tokenName, type: 'bootstrap-token', ttlHours: lifetimeHours(cluster) }],
    files: [kubeconfigFile(cluster, { token: new SecretRef(tokenName, 'token') })],
  };
}

const methods = { certificate: byCertificate, 'token-secret': byTokenSecret, 'token-file': byTokenFile } as const;

export const kubeletBootstrap: Component = {
  name: 'kubelet-bootstrap',
  purpose: 'lets a new kubelet ask for its certificate',
  contribute(context) {
    if (!runsPods(context)) return undefined;
    return methods[context.cluster.spec.kubernetes.bootstrap.method](context);
  },
};
