import ipaddr from 'ipaddr.js';
import {
  type Asn1,
  bitString,
  encode,
  implicit,
  objectId,
  octetString,
  sequence,
  unsignedInteger,
  yes,
} from './der.ts';
import { oids } from './oids.ts';

/** Extensions of RFC 5280 4.2, each as the SEQUENCE that goes into the certificate. */

function extension(oid: string, critical: boolean, value: Asn1): Asn1 {
  const flag = critical ? [yes()] : [];
  return sequence(objectId(oid), ...flag, octetString(encode(value)));
}

/** Bits of KeyUsage in the byte that holds them all: bit 0 is the highest. */
export const keyUsageBits = {
  digitalSignature: 0x80,
  keyEncipherment: 0x20,
  keyCertSign: 0x04,
  cRLSign: 0x02,
} as const;

function keyUsage(...names: readonly (keyof typeof keyUsageBits)[]): Asn1 {
  const bits = names.reduce((sum, name) => sum | keyUsageBits[name], 0);
  // DER drops trailing zero bits of a named bit list.
  const unused = 31 - Math.clz32(bits & -bits);
  return extension(oids.keyUsage, true, bitString(Uint8Array.of(bits), unused));
}

function keyIdentifiers(own: Uint8Array, issuer: Uint8Array): Asn1[] {
  return [
    extension(oids.subjectKeyIdentifier, false, octetString(own)),
    extension(oids.authorityKeyIdentifier, false, sequence(implicit(0, issuer))),
  ];
}

function subjectAltName(dnsNames: readonly string[], ipAddresses: readonly string[]): Asn1 {
  const names = [...new Set(dnsNames)].map((name) => implicit(2, ascii(name)));
  const addresses = [...new Set(ipAddresses.map(canonicalIp))].map((ip) => {
    return implicit(7, Uint8Array.from(ipaddr.parse(ip).toByteArray()));
  });
  return extension(oids.subjectAltName, false, sequence(...names, ...addresses));
}

/** A dNSName is an IA5String: a name with other letters must arrive as punycode. */
function ascii(name: string): Buffer {
  if (!/^[!-~]+$/.test(name)) throw new Error(`pki: ${JSON.stringify(name)} is not a DNS name`);
  return Buffer.from(name, 'latin1');
}

/** One spelling per address, so that `fd00::0` and `FD00::` are the same name. */
export function canonicalIp(address: string): string {
  return ipaddr.parse(address).toString();
}

/** The text of an iPAddress name. */
export function ipFromBytes(bytes: Uint8Array): string {
  return ipaddr.fromByteArray([...bytes]).toString();
}

/** Extensions of an authority that issues leaves and nothing below them. */
export function authorityExtensions(keyId: Uint8Array): Asn1[] {
  const pathLength0 = sequence(yes(), unsignedInteger(Uint8Array.of(0)));
  return [
    extension(oids.basicConstraints, true, pathLength0),
    keyUsage('digitalSignature', 'keyCertSign', 'cRLSign'),
    ...keyIdentifiers(keyId, keyId),
  ];
}

interface RequestedExtensions {
  readonly usages: readonly ('server' | 'client')[];
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  /** Only an RSA key can decrypt a key that a TLS 1.2 client sends. */
  readonly rsa: boolean;
}

interface LeafExtensions extends RequestedExtensions {
  readonly keyId: Uint8Array;
  readonly issuerKeyId: Uint8Array;
}

export function leafExtensions(leaf: LeafExtensions): Asn1[] {
  return [...requestedExtensions(leaf), ...keyIdentifiers(leaf.keyId, leaf.issuerKeyId)];
}

/** What a leaf itself asks for; a signing request carries these, and its authority adds the identifiers of the keys. */
export function requestedExtensions(leaf: RequestedExtensions): Asn1[] {
  const purposes = [...new Set(leaf.usages)].map((use) =>
    objectId(use === 'server' ? oids.serverAuth : oids.clientAuth),
  );
  const named = leaf.dnsNames.length + leaf.ipAddresses.length > 0;
  return [
    extension(oids.basicConstraints, true, sequence()),
    leaf.rsa ? keyUsage('digitalSignature', 'keyEncipherment') : keyUsage('digitalSignature'),
    ...(purposes.length > 0 ? [extension(oids.extKeyUsage, false, sequence(...purposes))] : []),
    ...(named ? [subjectAltName(leaf.dnsNames, leaf.ipAddresses)] : []),
  ];
}
