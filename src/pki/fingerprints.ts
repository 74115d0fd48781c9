import { createHash, type KeyObject } from 'node:crypto';
import type { AuthorityName } from '../component/requests.ts';
import { authorityPath, serviceAccountPath } from './layout.ts';
import type { PkiSettings, StoredFiles } from './settings.ts';
import { readCertificate } from './x509/certificate.ts';
import { readPrivateKey } from './x509/keys.ts';

const authorities: readonly AuthorityName[] = ['etcd', 'front-proxy', 'kubernetes'];

/** Replaces a fingerprint if the state holds something that is not a key. */
export const unreadable = 'unreadable';

/**
 * SHA-256 of the public key (SubjectPublicKeyInfo): it stays the same when a certificate is renewed with the same key.
 */
function fingerprint(key: KeyObject): string {
  return `sha256:${createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')}`;
}

/**
 * The keys that distinguish clusters: the authorities, and the key that signs service-account tokens. Public facts
 * only. Keys that the state lacks are left out; unreadable ones are `unreadable`, and are reported by the plan that
 * needs them.
 */
export function keyFingerprints(stored: StoredFiles, { adopted }: PkiSettings): Readonly<Record<string, string>> {
  const found = authorities.flatMap((name): [string, string][] => {
    const text = adopted[name]?.certificatePem ?? stored.get(authorityPath(name, 'crt'));
    if (text === undefined) return [];
    const key = readCertificate(text)?.publicKey;
    return [[name, key === undefined ? unreadable : fingerprint(key)]];
  });
  const pem = stored.get(serviceAccountPath);
  const key = pem === undefined ? undefined : readPrivateKey(pem)?.publicKey;
  const serviceAccount = key === undefined ? unreadable : fingerprint(key);
  return { ...Object.fromEntries(found), ...(pem === undefined ? {} : { 'service-account': serviceAccount }) };
}
