import { X509Certificate } from 'node:crypto';
import { type Asn1, bytesOf, decode, encode, isTagged, items, objectIdOf } from './der.ts';
import { ipFromBytes } from './extensions.ts';
import { keyIdentifier } from './keys.ts';
import { oids } from './oids.ts';

/** A certificate read back: what node:crypto tells, and the parts it does not. */
export interface Certificate {
  readonly pem: string;
  readonly x509: X509Certificate;
  /** DER of the subject. */
  readonly subject: Buffer;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Values of the extensions by object identifier. */
  readonly extensions: ReadonlyMap<string, Buffer>;
}

/** Reads the first certificate of a PEM text; undefined when there is none or it is damaged. */
export function readCertificate(pem: string): Certificate | undefined {
  try {
    const x509 = new X509Certificate(pem);
    const fields = items(items(decode(x509.raw))[0]);
    // The version is optional, and the only field before the serial number.
    const first = fields[0] !== undefined && isTagged(fields[0], 0) ? 1 : 0;
    const subject = fields[first + 4];
    if (subject === undefined) return undefined;
    const notBefore = new Date(x509.validFrom);
    const notAfter = new Date(x509.validTo);
    return { pem, x509, subject: encode(subject), notBefore, notAfter, extensions: extensionsOf(fields) };
  } catch {
    return undefined;
  }
}

function extensionsOf(fields: readonly Asn1[]): Map<string, Buffer> {
  const holder = fields.find((field) => isTagged(field, 3));
  if (holder === undefined) return new Map();
  const list = items(items(holder)[0]).map((extension) => items(extension));
  return new Map(list.map((parts) => [objectIdOf(parts[0]), bytesOf(parts.at(-1))]));
}

/** A distinguished name as node:crypto prints it, on one line. */
export const oneLine = (name: string): string => name.split('\n').join(', ');

/** DNS names and addresses, each in one spelling, sorted. */
export function subjectAltNames(certificate: Certificate): string[] {
  const value = certificate.extensions.get(oids.subjectAltName);
  if (value === undefined) return [];
  const names = items(decode(value));
  const dns = names.filter((name) => isTagged(name, 2)).map((name) => bytesOf(name).toString('latin1'));
  const ips = names.filter((name) => isTagged(name, 7)).map((name) => ipFromBytes(bytesOf(name)));
  return [...dns, ...ips].sort();
}

/** `server`, `client` and, for a purpose that knode never issues, its object identifier; sorted. */
export function extendedUsages(certificate: Certificate): string[] {
  const value = certificate.extensions.get(oids.extKeyUsage);
  if (value === undefined) return [];
  const words: Readonly<Record<string, string>> = { [oids.serverAuth]: 'server', [oids.clientAuth]: 'client' };
  return items(decode(value))
    .map((purpose) => objectIdOf(purpose))
    .map((oid) => words[oid] ?? oid)
    .sort();
}

/** The first byte of the key usage bits, or undefined when the certificate does not limit its key. */
export function keyUsageByte(certificate: Certificate): number | undefined {
  const value = certificate.extensions.get(oids.keyUsage);
  // Byte 0 counts unused bits.
  return value === undefined ? undefined : (bytesOf(decode(value))[1] ?? 0);
}

/** The identifier that leaves name in their authorityKeyIdentifier: the one the authority declares, else that of its key. */
export function subjectKeyId(certificate: Certificate): Buffer {
  const declared = certificate.extensions.get(oids.subjectKeyIdentifier);
  return declared === undefined ? keyIdentifier(certificate.x509.publicKey) : bytesOf(decode(declared));
}
