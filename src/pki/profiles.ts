import type { CertificateRequest } from '../component/requests.ts';
import {
  authorityConstraints,
  type Extension,
  extKeyUsage,
  keyIdentifiers,
  keyUsage,
  leafConstraints,
  subjectAltName,
} from './x509/extension.ts';

/** Which extensions a certificate of knode's has. */

/** Extensions of an authority that issues leaves and nothing below them. */
export function authorityExtensions(keyId: Uint8Array): Extension[] {
  return [
    authorityConstraints(),
    keyUsage('digitalSignature', 'keyCertSign', 'cRLSign'),
    ...keyIdentifiers(keyId, keyId),
  ];
}

type Asked = Pick<CertificateRequest, 'usages' | 'dnsNames' | 'ipAddresses'>;

/** What a leaf itself asks for; a signing request carries these, and its authority adds the identifiers of the keys. */
export function requestedExtensions(
  { usages, dnsNames, ipAddresses }: Asked,
  keyType: string | undefined,
): Extension[] {
  const named = dnsNames.length + ipAddresses.length > 0;
  return [
    leafConstraints(),
    // Only an RSA key can decrypt a key that a TLS 1.2 client sends.
    keyType === 'rsa' ? keyUsage('digitalSignature', 'keyEncipherment') : keyUsage('digitalSignature'),
    ...(usages.length > 0 ? [extKeyUsage(usages)] : []),
    ...(named ? [subjectAltName(dnsNames, ipAddresses)] : []),
  ];
}
