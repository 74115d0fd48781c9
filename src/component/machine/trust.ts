import { nodePaths } from '../../base/node-paths.ts';
import type { Cluster } from '../../model/cluster.ts';
import { type Component, isMaster, runsPods } from '../context.ts';
import type { FileDecl } from '../contract.ts';

/** Path of the Kubernetes CA certificate on every node that uses the API. */
export const kubernetesAuthorityPath: string = `${nodePaths.pki}/ca.crt`;
/** Its key: on masters only, where kube-controller-manager signs kubelets' certificates with it. */
export const kubernetesAuthorityKeyPath: string = `${nodePaths.pki}/ca.key`;
export const frontProxyAuthorityPath: string = `${nodePaths.pki}/front-proxy-ca.crt`;
/** Signs and verifies: API servers derive the public half from it (--service-account-key-file). */
export const serviceAccountPrivatePath: string = `${nodePaths.pki}/sa.key`;

/**
 * An authority made by knode is its own root. An adopted one may be below others; its chain is then a separate file.
 */
export function rootAuthorityPath({ spec }: Cluster): string {
  return spec.pki.authorities.kubernetes === undefined ? kubernetesAuthorityPath : `${nodePaths.pki}/root-ca.crt`;
}

/**
 * Every pod gets --root-ca-file as its ca.crt, to verify servers with; it may be a bundle. OpenSSL's default requires a
 * chain up to a root (without X509_V_FLAG_PARTIAL_CHAIN). Nodes also authenticate clients with their file, so they
 * trust the issuer alone.
 */
function rootAuthority(cluster: Cluster): readonly FileDecl[] {
  const path = rootAuthorityPath(cluster);
  if (path === kubernetesAuthorityPath) return [];
  return [{ path, layer: 'cluster', content: { kind: 'authority', authority: 'kubernetes', part: 'chain' } }];
}

/** The authorities and the service-account key that several Kubernetes programs of a node share. */
export const trust: Component = {
  name: 'trust',
  purpose: 'the authorities that the programs of the node trust',
  contribute(context) {
    if (!runsPods(context)) return undefined;
    const authority: FileDecl = {
      path: kubernetesAuthorityPath,
      layer: 'cluster',
      content: { kind: 'authority', authority: 'kubernetes', part: 'certificate' },
    };
    if (!isMaster(context)) return { files: [authority] };
    return {
      files: [
        authority,
        ...rootAuthority(context.cluster),
        {
          path: kubernetesAuthorityKeyPath,
          layer: 'cluster',
          secret: true,
          content: { kind: 'authority', authority: 'kubernetes', part: 'private-key' },
        },
        {
          path: frontProxyAuthorityPath,
          layer: 'cluster',
          content: { kind: 'authority', authority: 'front-proxy', part: 'certificate' },
        },
        {
          path: serviceAccountPrivatePath,
          layer: 'cluster',
          secret: true,
          content: { kind: 'service-account', part: 'private-key' },
        },
      ],
    };
  },
};
