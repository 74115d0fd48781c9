import type { KeyObject } from 'node:crypto';
import { bytesOf, decode, items, numberOf, objectIdOf } from './der.ts';
import { generalNameText } from './general-name.ts';
import { oids } from './oids.ts';
import { keyIdentifier } from './subject-public-key-info.ts';

/** The extensions of a certificate that knode reads. */
export interface Extensions {
  /** The maximum number of authorities between this one and a leaf; undefined means no limit (RFC 5280 4.2.1.9). */
  readonly pathLength: number | undefined;
  /** The first byte of the key usage bits; undefined if the certificate does not limit its key. */
  readonly keyUsage: number | undefined;
  /** `server`, `client` and, for a purpose that knode never issues, its object identifier; sorted. */
  readonly extKeyUsage: readonly string[];
  /** DNS names and addresses, each in one spelling, sorted. Names of other kinds are left out. */
  readonly subjectAltName: readonly string[];
  /**
   * The identifier for the authorityKeyIdentifier of leaves: the one that the certificate declares, otherwise that of
   * its key.
   */
  readonly subjectKeyIdentifier: Buffer;
}

/** @throws Error for a damaged value. */
export function readExtensionValues(values: ReadonlyMap<string, Uint8Array>, publicKey: KeyObject): Extensions {
  const read = <T>(oid: string, reader: (value: Uint8Array) => T): T | undefined => {
    const value = values.get(oid);
    return value === undefined ? undefined : reader(value);
  };
  return {
    pathLength: read(oids.basicConstraints, pathLength),
    keyUsage: read(oids.keyUsage, firstByte),
    extKeyUsage: read(oids.extKeyUsage, purposes) ?? [],
    subjectAltName: read(oids.subjectAltName, names) ?? [],
    subjectKeyIdentifier:
      read(oids.subjectKeyIdentifier, (value) => bytesOf(decode(value))) ?? keyIdentifier(publicKey),
  };
}

function pathLength(value: Uint8Array): number | undefined {
  const limit = items(decode(value))[1];
  return limit === undefined ? undefined : numberOf(limit);
}

function firstByte(value: Uint8Array): number {
  // Byte 0 of a bit string counts its unused bits.
  return bytesOf(decode(value))[1] ?? 0;
}

const words: Readonly<Record<string, string>> = { [oids.serverAuth]: 'server', [oids.clientAuth]: 'client' };

function purposes(value: Uint8Array): string[] {
  const all = items(decode(value)).map((purpose) => objectIdOf(purpose));
  return all.map((oid) => words[oid] ?? oid).sort();
}

function names(value: Uint8Array): string[] {
  return items(decode(value))
    .flatMap((name) => generalNameText(name) ?? [])
    .sort();
}
