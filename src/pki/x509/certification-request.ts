import type { KeyObject } from 'node:crypto';
import { signed } from './algorithm-identifier.ts';
import { decode, encode, explicit, items, objectId, orUndefined, sequence, setOf, unsignedInteger } from './der.ts';
import { type Extension, encodeExtension } from './extension.ts';
import { oids } from './oids.ts';
import { firstBlock, pemText } from './pem.ts';
import { subjectPublicKeyInfo } from './subject-public-key-info.ts';

/** PKCS #10 (RFC 2986): the content of a signing request for the owner of an authority. */

interface CertificationRequestInfo {
  /** DER of the distinguished name. */
  readonly subject: Uint8Array;
  readonly publicKey: KeyObject;
  readonly extensions: readonly Extension[];
}

/** CertificationRequestInfo in DER. The same content gives the same bytes, so a stored request is compared by them. */
export function certificationRequestInfo({ subject, publicKey, extensions }: CertificationRequestInfo): Buffer {
  const wanted = setOf(sequence(...extensions.map(encodeExtension)));
  return encode(
    sequence(
      unsignedInteger(Uint8Array.of(0)),
      decode(subject),
      subjectPublicKeyInfo(publicKey),
      // [0] IMPLICIT SET OF: with one attribute its bytes are those of [0] EXPLICIT.
      explicit(0, sequence(objectId(oids.extensionRequest), wanted)),
    ),
  );
}

/** A signing request in PEM. */
export async function signRequest(info: Uint8Array, privateKey: KeyObject): Promise<string> {
  return pemText('CERTIFICATE REQUEST', await signed(decode(info), privateKey));
}

/** CertificationRequestInfo of a signing request in PEM; undefined if there is none or it is damaged. */
export function readRequestInfo(pem: string): Buffer | undefined {
  const der = firstBlock('CERTIFICATE REQUEST', pem);
  return orUndefined(() => {
    const [info] = items(decode(der ?? Buffer.alloc(0)));
    return info && encode(info);
  });
}
