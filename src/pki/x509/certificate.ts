import { type KeyObject, X509Certificate } from 'node:crypto';
import { orUndefined } from './der.ts';
import { type Extensions, readExtensionValues } from './extension-values.ts';
import { algorithmOf } from './keys.ts';
import { readTbsCertificate } from './tbs-certificate.ts';

/** A certificate of which every part was parsed at construction, so that later use cannot fail. */
export class Certificate {
  readonly pem: string;
  readonly der: Buffer;
  /** Lower-case hex. */
  readonly serialNumber: string;
  /** `CN=kubernetes-ca, OU=demo`. */
  readonly subject: string;
  readonly issuer: string;
  /** DER of the subject. */
  readonly subjectName: Buffer;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly publicKey: KeyObject;
  /** `ecdsa-p256`, `rsa-2048`, … */
  readonly algorithm: string;
  readonly isAuthority: boolean;
  /** SHA-256 as `openssl x509 -fingerprint` writes it. */
  readonly fingerprint: string;
  readonly extensions: Extensions;
  readonly #x509: X509Certificate;

  /** @throws an error of any kind for damaged bytes; use `readCertificate`. */
  constructor(pem: string) {
    const x509 = new X509Certificate(pem);
    const { subjectName, extensions } = readTbsCertificate(x509.raw);
    this.#x509 = x509;
    this.pem = pem;
    this.der = x509.raw;
    this.serialNumber = x509.serialNumber.toLowerCase();
    this.subject = oneLine(x509.subject);
    this.issuer = oneLine(x509.issuer);
    this.subjectName = subjectName;
    ({ notBefore: this.notBefore, notAfter: this.notAfter } = validityOf(x509));
    this.publicKey = x509.publicKey;
    this.algorithm = algorithmOf(this.publicKey);
    this.isAuthority = x509.ca;
    this.fingerprint = x509.fingerprint256;
    this.extensions = readExtensionValues(extensions, this.publicKey);
  }

  /** By name, by key identifier and by signature. */
  wasIssuedBy(issuer: Certificate): boolean {
    return orUndefined(() => this.#x509.checkIssued(issuer.#x509) && this.#x509.verify(issuer.publicKey)) ?? false;
  }

  hasKey(privateKey: KeyObject): boolean {
    return orUndefined(() => this.#x509.checkPrivateKey(privateKey)) ?? false;
  }
}

/** Reads the first certificate of a PEM text; undefined if there is none or any part of it is damaged. */
export function readCertificate(pem: string): Certificate | undefined {
  return orUndefined(() => new Certificate(pem));
}

interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** The two dates of a certificate only, for callers that read many; undefined if the certificate is damaged. */
export function readValidity(pem: string): Validity | undefined {
  return orUndefined(() => validityOf(new X509Certificate(pem)));
}

function validityOf({ validFrom, validTo }: X509Certificate): Validity {
  const [notBefore, notAfter] = [new Date(validFrom), new Date(validTo)];
  if (Number.isNaN(notBefore.getTime() + notAfter.getTime())) throw new Error('X.509: invalid date');
  return { notBefore, notAfter };
}

/** A distinguished name as node:crypto prints it, on one line; undefined if the name has no attributes. */
function oneLine(name: string | undefined): string {
  return (name ?? '').split('\n').join(', ');
}
