import type { KeyObject } from 'node:crypto';
import { signatureAlgorithm, signed } from './algorithm-identifier.ts';
import { type Asn1, decode, encode, explicit, isTagged, items, sequence, time, unsignedInteger } from './der.ts';
import { decodeExtension, type Extension, encodeExtension } from './extension.ts';
import { pemText } from './pem.ts';
import { subjectPublicKeyInfo } from './subject-public-key-info.ts';

/** TBSCertificate (RFC 5280 4.1.2): the content of a certificate, apart from its signer. */
export interface TbsCertificate {
  readonly serialNumber: Uint8Array;
  /** DER of the distinguished name. */
  readonly subject: Uint8Array;
  readonly publicKey: KeyObject;
  readonly validity: { readonly notBefore: Date; readonly notAfter: Date };
  readonly extensions: readonly Extension[];
}

interface Issuer {
  /** DER of the issuer's own subject, copied byte for byte, because some verifiers compare bytes. */
  readonly subject: Uint8Array;
  readonly privateKey: KeyObject;
}

/** Builds an X.509 v3 certificate and signs it. Returns PEM. */
export async function signCertificate(content: TbsCertificate, issuer: Issuer): Promise<string> {
  const { notBefore, notAfter } = content.validity;
  const toBeSigned = sequence(
    explicit(0, unsignedInteger(Uint8Array.of(2))),
    unsignedInteger(content.serialNumber),
    signatureAlgorithm(issuer.privateKey).identifier,
    decode(issuer.subject),
    sequence(time(notBefore), time(notAfter)),
    decode(content.subject),
    subjectPublicKeyInfo(content.publicKey),
    explicit(3, sequence(...content.extensions.map(encodeExtension))),
  );
  return pemText('CERTIFICATE', await signed(toBeSigned, issuer.privateKey));
}

/** 128 random bits. Never zero (RFC 5280 4.1.2.2 wants a positive number). */
export function newSerialNumber(randomBytes: (count: number) => Uint8Array): Uint8Array {
  for (;;) {
    const serial = randomBytes(16);
    if (serial.some((byte) => byte !== 0)) return serial;
  }
}

/**
 * The fields of a certificate that node:crypto does not provide.
 * @throws Error for a damaged certificate.
 */
export function readTbsCertificate(certificate: Uint8Array): {
  /** DER of the subject. */
  readonly subjectName: Buffer;
  /** Values of the extensions by object identifier. */
  readonly extensions: ReadonlyMap<string, Uint8Array>;
} {
  const fields = items(items(decode(certificate))[0]);
  // The version is optional, and the only field before the serial number.
  const first = fields[0] !== undefined && isTagged(fields[0], 0) ? 1 : 0;
  const subject = fields[first + 4];
  if (subject === undefined) throw new Error('X.509: a certificate without a subject');
  return { subjectName: encode(subject), extensions: readExtensions(fields) };
}

function readExtensions(fields: readonly Asn1[]): Map<string, Uint8Array> {
  const holder = fields.find((field) => isTagged(field, 3));
  const list = holder === undefined ? [] : items(items(holder)[0]);
  return new Map(list.map(decodeExtension).map(({ extnID, extnValue }) => [extnID, extnValue]));
}
