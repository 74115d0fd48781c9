import { type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import type { RandomBytes } from '../settings.ts';
import type { Lifetime } from '../validity.ts';
import {
  type Asn1,
  bitString,
  decode,
  encode,
  explicit,
  nothing,
  objectId,
  sequence,
  time,
  unsignedInteger,
} from './der.ts';
import { algorithmOf } from './keys.ts';
import { oids } from './oids.ts';

export const signBytes: (hash: string, data: Uint8Array, key: KeyObject) => Promise<Buffer> = promisify(sign);

/** What a certificate says, apart from who signs it. */
interface CertificateContent {
  readonly serial: Uint8Array;
  /** DER of the distinguished name. */
  readonly subject: Uint8Array;
  readonly publicKey: KeyObject;
  readonly lifetime: Lifetime;
  readonly extensions: readonly Asn1[];
}

interface Signer {
  /** DER of the signer's own subject, copied byte for byte, because some verifiers compare bytes. */
  readonly subject: Uint8Array;
  readonly privateKey: KeyObject;
}

/** 128 random bits. Never zero (RFC 5280 4.1.2.2 wants a positive number). */
export function newSerial(randomBytes: RandomBytes): Uint8Array {
  for (;;) {
    const serial = randomBytes(16);
    if (serial.some((byte) => byte !== 0)) return serial;
  }
}

export function signatureAlgorithm(key: KeyObject): { hash: string; identifier: Asn1 } {
  if (key.asymmetricKeyType === 'rsa') {
    return { hash: 'sha256', identifier: sequence(objectId(oids.sha256WithRsa), nothing()) };
  }
  // The hash is as strong as the curve: P-384 belongs to authorities that were adopted.
  if (algorithmOf(key) === 'ecdsa-p384')
    return { hash: 'sha384', identifier: sequence(objectId(oids.ecdsaWithSha384)) };
  return { hash: 'sha256', identifier: sequence(objectId(oids.ecdsaWithSha256)) };
}

/** Builds an X.509 v3 certificate and signs it. Gives PEM. */
export async function signCertificate(content: CertificateContent, signer: Signer): Promise<string> {
  const { hash, identifier } = signatureAlgorithm(signer.privateKey);
  const { notBefore, notAfter } = content.lifetime;
  const toBeSigned = sequence(
    explicit(0, unsignedInteger(Uint8Array.of(2))),
    unsignedInteger(content.serial),
    identifier,
    decode(signer.subject),
    sequence(time(notBefore), time(notAfter)),
    decode(content.subject),
    decode(content.publicKey.export({ type: 'spki', format: 'der' })),
    explicit(3, sequence(...content.extensions)),
  );
  const signature = await signBytes(hash, encode(toBeSigned), signer.privateKey);
  return pemText('CERTIFICATE', encode(sequence(toBeSigned, identifier, bitString(signature))));
}

export function pemText(label: 'CERTIFICATE' | 'CERTIFICATE REQUEST', der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
