import { stringify } from 'yaml';

interface AdminKubeconfig {
  readonly clusterName: string;
  /** URL of the API, for example `https://10.0.0.10:6443`. */
  readonly server: string;
  readonly authorityPem: string;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  /** Name of the entry; the API knows the user by the certificate's subject. */
  readonly user: string;
}

/** A kubeconfig that needs no other file: certificates and key are embedded. Secret. */
export function adminKubeconfig(admin: AdminKubeconfig): string {
  const { clusterName, user } = admin;
  const context = `${user}@${clusterName}`;
  const data = (pem: string): string => Buffer.from(pem, 'utf8').toString('base64');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: clusterName, cluster: { server: admin.server, 'certificate-authority-data': data(admin.authorityPem) } },
    ],
    users: [
      {
        name: user,
        user: {
          'client-certificate-data': data(admin.certificatePem),
          'client-key-data': data(admin.privateKeyPem),
        },
      },
    ],
    contexts: [{ name: context, context: { cluster: clusterName, user } }],
    'current-context': context,
  };
  return stringify(config, { lineWidth: 0 });
}
