import { nodePaths } from '../../base/node-paths.ts';
import type { NodeContext } from '../context.ts';
import type { FileDecl } from '../contract.ts';
import { kubernetesAuthorityPath } from '../machine/trust.ts';
import type { CertificateRequest } from '../requests.ts';
import { clientCertificate, keyPairFiles } from './key-pair.ts';
import { kubeconfig, kubeconfigMode } from './kubeconfig.ts';

interface ApiClientOptions {
  /** Program or user of the kubeconfig; part of the certificate's name in the inventory: `kube-scheduler@m1`. */
  readonly program: string;
  /** Base name of its files: `scheduler` for scheduler.kubeconfig, scheduler.crt and scheduler.key. */
  readonly file: string;
  /** Kubernetes user and groups. */
  readonly user: string;
  readonly groups?: readonly string[];
  readonly server: string;
}

/** Everything that makes a program on a node a user of the Kubernetes API. */
export interface ApiClient {
  readonly kubeconfigPath: string;
  readonly files: readonly FileDecl[];
  readonly certificates: readonly CertificateRequest[];
}

export function apiClient({ cluster, node }: NodeContext, options: ApiClientOptions): ApiClient {
  const { program, file, user, groups, server } = options;
  const id = `${program}@${node.name}`;
  const keyPair = `${nodePaths.pki}/${file}`;
  const content = kubeconfig({
    cluster: cluster.name,
    server,
    user: program,
    authority: kubernetesAuthorityPath,
    credentials: { certificate: `${keyPair}.crt`, key: `${keyPair}.key` },
  });
  const kubeconfigPath = `${nodePaths.kubernetes}/${file}.kubeconfig`;
  return {
    kubeconfigPath,
    files: [...keyPairFiles(keyPair, id), { path: kubeconfigPath, layer: 'cluster', mode: kubeconfigMode, content }],
    certificates: [clientCertificate(id, 'kubernetes', user, groups)],
  };
}

/** The API server on the same node: control-plane programs need no load balancer. */
export function localApiUrl({ cluster }: NodeContext): string {
  return `https://127.0.0.1:${cluster.spec.kubernetes.apiServer.port}`;
}
