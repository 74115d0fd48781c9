import type { Content } from '../contract.ts';
import type { SecretRef } from '../requests.ts';

interface KubeconfigOptions {
  readonly cluster: string;
  readonly server: string;
  readonly user: string;
  /** Path of the CA certificate on the node. */
  readonly authority: string;
  readonly credentials: { readonly certificate: string; readonly key: string } | { readonly token: SecretRef };
}

/** Only root reads kubeconfigs; scanners check the mode, not the content. */
export const kubeconfigMode = '0600';

/**
 * A kubeconfig that names files instead of embedding them: it holds no secret (unless it has a token), and no
 * certificate is in the user-data twice.
 */
export function kubeconfig(options: KubeconfigOptions): Content {
  const { cluster, server, user, authority, credentials } = options;
  const identity =
    'token' in credentials
      ? { token: credentials.token }
      : { 'client-certificate': credentials.certificate, 'client-key': credentials.key };
  const document = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: cluster, cluster: { server, 'certificate-authority': authority } }],
    users: [{ name: user, user: identity }],
    contexts: [{ name: cluster, context: { cluster, user } }],
    'current-context': cluster,
  };
  return { kind: 'yaml', documents: [document] };
}
