import {
  type Asn1,
  bitString,
  bytesOf,
  encode,
  implicit,
  isTrue,
  items,
  objectId,
  objectIdOf,
  octetString,
  sequence,
  unsignedInteger,
  yes,
} from './der.ts';
import { canonicalIp, encodeGeneralName, type GeneralName } from './general-name.ts';
import { oids } from './oids.ts';

/** Extension (RFC 5280 4.1.2.9). */
export interface Extension {
  readonly extnID: string;
  readonly critical: boolean;
  /** DER of the value that the OCTET STRING wraps. */
  readonly extnValue: Uint8Array;
}

const extension = (extnID: string, critical: boolean, value: Asn1): Extension => {
  return { extnID, critical, extnValue: encode(value) };
};

export function encodeExtension({ extnID, critical, extnValue }: Extension): Asn1 {
  return sequence(objectId(extnID), ...(critical ? [yes()] : []), octetString(extnValue));
}

/** @throws Error for what is no extension. */
export function decodeExtension(node: Asn1): Extension {
  const parts = items(node);
  const critical = parts.length === 3 && isTrue(parts[1]);
  return { extnID: objectIdOf(parts[0]), critical, extnValue: bytesOf(parts.at(-1)) };
}

/** Bits of KeyUsage in the byte that holds them all: bit 0 is the highest. */
export const keyUsageBits = {
  digitalSignature: 0x80,
  keyEncipherment: 0x20,
  keyCertSign: 0x04,
  cRLSign: 0x02,
} as const;

export function keyUsage(...names: readonly (keyof typeof keyUsageBits)[]): Extension {
  const bits = names.reduce((sum, name) => sum | keyUsageBits[name], 0);
  // DER drops trailing zero bits of a named bit list.
  const unused = 31 - Math.clz32(bits & -bits);
  return extension(oids.keyUsage, true, bitString(Uint8Array.of(bits), unused));
}

/** BasicConstraints of an authority that issues leaves only. */
export const authorityConstraints = (): Extension =>
  extension(oids.basicConstraints, true, sequence(yes(), unsignedInteger(Uint8Array.of(0))));

/** BasicConstraints of a leaf. */
export const leafConstraints = (): Extension => extension(oids.basicConstraints, true, sequence());

export function extKeyUsage(usages: readonly ('server' | 'client')[]): Extension {
  const purposes = [...new Set(usages)].map((use) => objectId(use === 'server' ? oids.serverAuth : oids.clientAuth));
  return extension(oids.extKeyUsage, false, sequence(...purposes));
}

export function subjectAltName(dnsNames: readonly string[], ipAddresses: readonly string[]): Extension {
  const names: GeneralName[] = [
    ...[...new Set(dnsNames)].map((dNSName) => ({ dNSName })),
    ...[...new Set(ipAddresses.map(canonicalIp))].map((iPAddress) => ({ iPAddress })),
  ];
  return extension(oids.subjectAltName, false, sequence(...names.map(encodeGeneralName)));
}

export function keyIdentifiers(own: Uint8Array, issuer: Uint8Array): Extension[] {
  return [
    extension(oids.subjectKeyIdentifier, false, octetString(own)),
    extension(oids.authorityKeyIdentifier, false, sequence(implicit(0, issuer))),
  ];
}
