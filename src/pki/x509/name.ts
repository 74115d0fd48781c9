import {
  type Asn1,
  bytesOf,
  decode,
  encode,
  items,
  objectId,
  objectIdOf,
  orUndefined,
  printableString,
  sequence,
  setOf,
  utf8String,
} from './der.ts';
import { oids } from './oids.ts';

/** Name (RFC 5280 4.1.2.4), as DER: issuers and subjects are compared and copied as bytes. */

export type AttributeTypeAndValue = readonly [type: string, value: string | undefined];

/** A name of one attribute per RelativeDistinguishedName; an attribute without a value is left out. */
export function encodeName(attributes: readonly AttributeTypeAndValue[]): Buffer {
  const parts: Asn1[] = [];
  for (const [oid, value] of attributes) {
    if (value === undefined || value === '') continue;
    // RFC 5280 appendix A: a country is a PrintableString of two letters, everything else may be UTF-8.
    const printable = oid === oids.country && /^[A-Za-z]{2}$/.test(value);
    const text = printable ? printableString(value) : utf8String(value);
    parts.push(setOf(sequence(objectId(oid), text)));
  }
  return encode(sequence(...parts));
}

/** The values of one attribute of a name, in order; empty if the bytes are not a name. */
export function attributeValues(nameDer: Uint8Array, oid: string): string[] {
  return orUndefined(() => readAttributes(nameDer, oid)) ?? [];
}

function readAttributes(nameDer: Uint8Array, oid: string): string[] {
  const attributes = items(decode(nameDer)).flatMap((set) => items(set).map((pair) => items(pair)));
  return attributes.filter(([type]) => objectIdOf(type) === oid).map(([, value]) => bytesOf(value).toString('utf8'));
}
