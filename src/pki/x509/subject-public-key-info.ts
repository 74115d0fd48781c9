import { createHash, type KeyObject } from 'node:crypto';
import { type Asn1, bytesOf, decode, items } from './der.ts';

/** SubjectPublicKeyInfo (RFC 5280 4.1.2.7) of a key. */
export function subjectPublicKeyInfo(publicKey: KeyObject): Asn1 {
  return decode(publicKey.export({ type: 'spki', format: 'der' }));
}

/** RFC 5280 4.2.1.2 (1): SHA-1 of the public key's bits. An identifier; no protection depends on it. */
export function keyIdentifier(publicKey: KeyObject): Buffer {
  // The first byte of a bit string counts its unused bits.
  const bits = bytesOf(items(subjectPublicKeyInfo(publicKey))[1]).subarray(1);
  return createHash('sha1').update(bits).digest();
}
