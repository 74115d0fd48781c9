import asn1, { type Asn1 } from 'node-forge/lib/asn1.js';

/** A thin, typed layer over node-forge's ASN.1 coder: bytes in, bytes out, only the types that X.509 needs. */

export type { Asn1 };

const universal = 0x00;
const contextSpecific = 0x80;
const types = {
  boolean: 1,
  integer: 2,
  bitString: 3,
  octetString: 4,
  null: 5,
  oid: 6,
  utf8String: 12,
  sequence: 16,
  set: 17,
  printableString: 19,
  utcTime: 23,
  generalizedTime: 24,
} as const;

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const primitive = (type: number, value: string): Asn1 => asn1.create(universal, type, false, value);

export const sequence = (...items: Asn1[]): Asn1 => asn1.create(universal, types.sequence, true, items);
export const setOf = (item: Asn1): Asn1 => asn1.create(universal, types.set, true, [item]);
export const objectId = (dotted: string): Asn1 => primitive(types.oid, asn1.oidToDer(dotted).getBytes());
export const yes = (): Asn1 => primitive(types.boolean, '\xff');
export const nothing = (): Asn1 => primitive(types.null, '');
export const utf8String = (text: string): Asn1 => primitive(types.utf8String, latin1(Buffer.from(text, 'utf8')));
export const printableString = (text: string): Asn1 => primitive(types.printableString, text);
export const octetString = (bytes: Uint8Array): Asn1 => primitive(types.octetString, latin1(bytes));

/** A bit string; `unused` counts the bits at the end of the last byte that do not belong to it. */
export function bitString(bytes: Uint8Array, unused = 0): Asn1 {
  return primitive(types.bitString, String.fromCharCode(unused) + latin1(bytes));
}

/** `[tag] EXPLICIT`. */
export function explicit(tag: number, item: Asn1): Asn1 {
  return asn1.create(contextSpecific, tag, true, [item]);
}

/** `[tag] IMPLICIT` of a primitive type. */
export function implicit(tag: number, bytes: Uint8Array): Asn1 {
  return asn1.create(contextSpecific, tag, false, latin1(bytes));
}

/** A non-negative integer from its big-endian bytes, in the shortest form DER allows. */
export function unsignedInteger(bytes: Uint8Array): Asn1 {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = first === -1 ? Uint8Array.of(0) : bytes.slice(first);
  // A set top bit would make the number negative.
  const sign = (digits[0] ?? 0) >= 0x80 ? '\x00' : '';
  return primitive(types.integer, sign + latin1(digits));
}

/** RFC 5280 4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050 on, both to the second. */
export function time(date: Date): Asn1 {
  const digits = `${date.toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`;
  const short = date.getUTCFullYear() < 2050;
  return short ? primitive(types.utcTime, digits.slice(2)) : primitive(types.generalizedTime, digits);
}

export function encode(node: Asn1): Buffer {
  return Buffer.from(asn1.toDer(node).getBytes(), 'latin1');
}

export function decode(der: Uint8Array): Asn1 {
  // By default forge guesses at the content of bit strings and would encode a lucky guess again.
  return asn1.fromDer(latin1(der), { decodeBitStrings: false });
}

/** The items of a constructed value. */
export function items(node: Asn1 | undefined): readonly Asn1[] {
  if (node === undefined || typeof node.value === 'string') throw new Error('ASN.1: expected a constructed value');
  return node.value;
}

/** The content bytes of a primitive value. */
export function bytesOf(node: Asn1 | undefined): Buffer {
  if (node === undefined || typeof node.value !== 'string') throw new Error('ASN.1: expected a primitive value');
  return Buffer.from(node.value, 'latin1');
}

/** The value of a non-negative integer; one of more than 48 bits is larger than any limit that X.509 counts. */
export function numberOf(node: Asn1 | undefined): number {
  const bytes = bytesOf(node);
  return bytes.length > 6 ? Number.MAX_SAFE_INTEGER : Number.parseInt(`0${bytes.toString('hex')}`, 16);
}

export function isTrue(node: Asn1 | undefined): boolean {
  return bytesOf(node).some((byte) => byte !== 0);
}

export function objectIdOf(node: Asn1 | undefined): string {
  return asn1.derToOid(bytesOf(node).toString('latin1'));
}

/** True for `[tag]` of either form. */
export function isTagged(node: Asn1, tag: number): boolean {
  return node.tagClass === contextSpecific && node.type === tag;
}

/**
 * The result of `read`, or undefined if it throws. Damaged bytes make node-forge, OpenSSL and ipaddr.js throw errors of
 * many kinds. None of these errors leaves this room: its readers return a value or undefined.
 */
export function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
