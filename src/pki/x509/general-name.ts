import ipaddr from 'ipaddr.js';
import { type Asn1, bytesOf, implicit, isTagged } from './der.ts';

/** GeneralName (RFC 5280 4.2.1.6), of which a Kubernetes certificate needs two kinds. */
export type GeneralName = { readonly dNSName: string } | { readonly iPAddress: string };

const tags = { dNSName: 2, iPAddress: 7 } as const;

export function encodeGeneralName(name: GeneralName): Asn1 {
  if ('dNSName' in name) return implicit(tags.dNSName, ia5String(name.dNSName));
  return implicit(tags.iPAddress, Uint8Array.from(ipaddr.parse(name.iPAddress).toByteArray()));
}

/** The text of a DNS name or an address; undefined for a name of another kind. @throws Error for a damaged address. */
export function generalNameText(name: Asn1): string | undefined {
  if (isTagged(name, tags.dNSName)) return bytesOf(name).toString('latin1');
  if (isTagged(name, tags.iPAddress)) return ipaddr.fromByteArray([...bytesOf(name)]).toString();
  return undefined;
}

/** A dNSName is an IA5String: a name with other letters must arrive as punycode. */
function ia5String(name: string): Buffer {
  if (!/^[!-~]+$/.test(name)) throw new Error(`pki: ${JSON.stringify(name)} is not a DNS name`);
  return Buffer.from(name, 'latin1');
}

/** One spelling per address, so that `fd00::0` and `FD00::` are the same name. */
export function canonicalIp(address: string): string {
  return ipaddr.parse(address).toString();
}
