import { bytesOf, decode, items } from './der.ts';
import { oids } from './oids.ts';
import { type Certificate, readCertificate } from './read-certificate.ts';

/**
 * A certificate file of an adopted authority: the issuing certificate first, then those above it, with or without the
 * root.
 *
 * Nodes trust only the issuing certificate: if they trusted the root, every certificate ever issued below that root
 * could be used as a client. Servers send the intermediate certificates instead, so that clients that trust the root
 * can verify them.
 */

/** The certificates of a PEM text, one text each; text between them is dropped. */
export function splitPem(text: string): string[] {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => `${block.replaceAll('\r', '')}\n`);
}

/** The issuing certificate. */
export function issuerPem(text: string): string {
  return splitPem(text)[0] ?? text;
}

/** What a server sends after its own certificate: everything except the root, which its clients already have. */
export function servedChain(text: string): string {
  const certificates = splitPem(text);
  const intermediate = certificates.filter((pem) => !isRoot(readCertificate(pem)));
  return intermediate.join('');
}

function isRoot(certificate: Certificate | undefined): boolean {
  return certificate !== undefined && certificate.x509.subject === certificate.x509.issuer;
}

/** True when each certificate was issued by the next one. */
export function isChain(certificates: readonly Certificate[]): boolean {
  return certificates.every((certificate, index) => {
    const above = certificates[index + 1];
    return above === undefined || wasIssuedBy(certificate, above);
  });
}

/** By name, by key identifier and by signature. */
export function wasIssuedBy(certificate: Certificate, issuer: Certificate): boolean {
  return certificate.x509.checkIssued(issuer.x509) && certificate.x509.verify(issuer.x509.publicKey);
}

/** The maximum number of authorities between this one and a leaf; undefined means no limit (RFC 5280 4.2.1.9). */
export function pathLength(certificate: Certificate): number | undefined {
  const value = certificate.extensions.get(oids.basicConstraints);
  const limit = value === undefined ? undefined : items(decode(value))[1];
  return limit === undefined ? undefined : (bytesOf(limit).at(-1) ?? 0);
}

/** The earliest end in a chain: no certificate below it is valid for longer. */
export function earliestEnd(certificates: readonly Certificate[]): Date {
  return new Date(Math.min(...certificates.map((one) => one.notAfter.getTime())));
}
