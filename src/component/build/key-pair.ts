import type { FileDecl } from '../contract.ts';
import type { AuthorityName, CertificateRequest } from '../requests.ts';

/** A node's certificate and key as files `<path>.crt` and `<path>.key`. */
export function keyPairFiles(path: string, id: string): readonly FileDecl[] {
  return [
    { path: `${path}.crt`, layer: 'node', content: { kind: 'certificate', id } },
    { path: `${path}.key`, layer: 'node', secret: true, content: { kind: 'private-key', id } },
  ];
}

/** A client certificate: the common name is the user, the organisations are the groups. */
export function clientCertificate(
  id: string,
  authority: AuthorityName,
  commonName: string,
  organizations: readonly string[] = [],
): CertificateRequest {
  return { id, authority, commonName, organizations, usages: ['client'], dnsNames: [], ipAddresses: [] };
}
