import { createHash, type KeyObject } from 'node:crypto';
import type { AuthorityName } from '../component/contract.ts';
import { authorityPath, serviceAccountPath } from './layout.ts';
import type { PkiSettings, StoredFiles } from './settings.ts';
import { readPrivateKey } from './x509/keys.ts';
import { readCertificate } from './x509/read-certificate.ts';

const authorities: readonly AuthorityName[] = ['etcd', 'front-proxy', 'kubernetes'];

/** Instead of a fingerprint, where the state holds something else than a key. */
export const unreadable = 'unreadable';

/** SHA-256 of the public key (SubjectPublicKeyInfo): a certificate that is renewed with the same key keeps it. */
function fingerprint(key: KeyObject): string {
  return `sha256:${createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')}`;
}

/**
 * What tells one cluster's keys from another's: the authorities, and the key that service-account tokens are signed with. Public
 * facts only. What the state lacks is left out; what cannot be read is `unreadable`, and told by the plan that needs it.
 */
export function keyFingerprints(stored: StoredFiles, { adopted }: PkiSettings): Readonly<Record<string, string>> {
  const found = authorities.flatMap((name): [string, string][] => {
    const text = adopted[name]?.certificatePem ?? stored.get(authorityPath(name, 'crt'));
    if (text === undefined) return [];
    const key = readCertificate(text)?.x509.publicKey;
    return [[name, key === undefined ? unreadable : fingerprint(key)]];
  });
  const pem = stored.get(serviceAccountPath);
  const key = pem === undefined ? undefined : readPrivateKey(pem)?.publicKey;
  const serviceAccount = key === undefined ? unreadable : fingerprint(key);
  return { ...Object.fromEntries(found), ...(pem === undefined ? {} : { 'service-account': serviceAccount }) };
}
