import { bytesOf, decode, items } from './der.ts';
import { oids } from './oids.ts';
import { type Certificate, readCertificate } from './read-certificate.ts';

/**
 * A certificate file of an adopted authority: the certificate that issues, and after it those above it, up to the root or not.
 *
 * On nodes only the issuing certificate is trusted: with the root among them, whatever else was ever issued below that root
 * would be let in as a client. A server's certificate carries the intermediate ones instead, so that whoever trusts the root
 * can follow it.
 */

/** The certificates of a PEM text, one text each; what stands between them is dropped. */
export function splitPem(text: string): string[] {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => `${block.replaceAll('\r', '')}\n`);
}

/** The certificate that issues. */
export function issuerPem(text: string): string {
  return splitPem(text)[0] ?? text;
}

/** What a server sends after its own certificate: everything but the root, which its clients have themselves. */
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

/** How many authorities may stand between this one and a leaf; undefined is any number (RFC 5280 4.2.1.9). */
export function pathLength(certificate: Certificate): number | undefined {
  const value = certificate.extensions.get(oids.basicConstraints);
  const limit = value === undefined ? undefined : items(decode(value))[1];
  return limit === undefined ? undefined : (bytesOf(limit).at(-1) ?? 0);
}

/** The first end in a chain: nothing below it is valid for longer. */
export function earliestEnd(certificates: readonly Certificate[]): Date {
  return new Date(Math.min(...certificates.map((one) => one.notAfter.getTime())));
}
