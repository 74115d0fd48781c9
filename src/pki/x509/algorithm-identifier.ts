import { type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { type Asn1, bitString, encode, nothing, objectId, sequence } from './der.ts';
import { algorithmOf } from './keys.ts';
import { oids } from './oids.ts';

const signBytes: (hash: string, data: Uint8Array, key: KeyObject) => Promise<Buffer> = promisify(sign);

/** AlgorithmIdentifier (RFC 5280 4.1.1.2) of the signatures that a key makes here. */
export function signatureAlgorithm(key: KeyObject): { readonly hash: string; readonly identifier: Asn1 } {
  if (key.asymmetricKeyType === 'rsa') {
    return { hash: 'sha256', identifier: sequence(objectId(oids.sha256WithRsa), nothing()) };
  }
  // The hash is as strong as the curve: only adopted authorities have P-384.
  if (algorithmOf(key) === 'ecdsa-p384')
    return { hash: 'sha384', identifier: sequence(objectId(oids.ecdsaWithSha384)) };
  return { hash: 'sha256', identifier: sequence(objectId(oids.ecdsaWithSha256)) };
}

/** DER of `SEQUENCE { content, signatureAlgorithm, signature }`: the outer shape of a certificate and of a request. */
export async function signed(content: Asn1, key: KeyObject): Promise<Buffer> {
  const { hash, identifier } = signatureAlgorithm(key);
  const signature = await signBytes(hash, encode(content), key);
  return encode(sequence(content, identifier, bitString(signature)));
}
