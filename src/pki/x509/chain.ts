import { type Certificate, readCertificate } from './certificate.ts';
import { splitPem } from './pem.ts';

/**
 * A certificate file of an adopted authority: the issuing certificate first, then those above it, with or without the
 * root.
 *
 * Nodes trust only the issuing certificate: if they trusted the root, every certificate ever issued below that root
 * could be used as a client. Servers send the intermediate certificates instead, so that clients that trust the root
 * can verify them.
 */

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
  return certificate !== undefined && certificate.subject === certificate.issuer;
}

/** True if each certificate was issued by the next one. */
export function isChain(certificates: readonly Certificate[]): boolean {
  return certificates.every((certificate, index) => {
    const above = certificates[index + 1];
    return above === undefined || certificate.wasIssuedBy(above);
  });
}

/** The earliest end in a chain: no certificate below it is valid for longer. */
export function earliestEnd(certificates: readonly Certificate[]): Date {
  return new Date(Math.min(...certificates.map((one) => one.notAfter.getTime())));
}
