import type { PkiSettings } from '../settings.ts';
import {
  type Asn1,
  bytesOf,
  decode,
  encode,
  items,
  objectId,
  objectIdOf,
  printableString,
  sequence,
  setOf,
  utf8String,
} from './der.ts';
import { oids } from './oids.ts';

/** Distinguished names. All builders give DER, because issuer and subject are compared and copied as bytes. */

type Attribute = readonly [oid: string, value: string | undefined];

function name(attributes: readonly Attribute[]): Buffer {
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

/** Subject of one of the cluster's own authorities. The cluster's name tells apart the authorities of two clusters. */
export function authoritySubject(authority: string, settings: PkiSettings): Buffer {
  const { subject } = settings;
  return name([
    [oids.country, subject.country],
    [oids.state, subject.state],
    [oids.locality, subject.locality],
    [oids.organization, subject.organization],
    [oids.organizationalUnit, subject.organizationalUnit],
    [oids.organizationalUnit, settings.clusterName],
    [oids.commonName, `${authority}-ca`],
  ]);
}

/** Subject of a leaf. O is a Kubernetes group, so it carries the request's groups and nothing of the user's subject. */
export function leafSubject(
  request: { readonly commonName: string; readonly organizations: readonly string[] },
  settings: PkiSettings,
): Buffer {
  const { subject } = settings;
  return name([
    [oids.country, subject.country],
    [oids.state, subject.state],
    [oids.locality, subject.locality],
    ...request.organizations.map((group): Attribute => [oids.organization, group]),
    [oids.organizationalUnit, subject.organizationalUnit],
    [oids.commonName, request.commonName],
  ]);
}

/** The values of one attribute of a distinguished name, in order. */
export function attributeValues(nameDer: Uint8Array, oid: string): string[] {
  const attributes = items(decode(nameDer)).flatMap((set) => items(set).map((pair) => items(pair)));
  return attributes.filter(([type]) => objectIdOf(type) === oid).map(([, value]) => bytesOf(value).toString('utf8'));
}
