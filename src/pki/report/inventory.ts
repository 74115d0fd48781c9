import { certificateAt, passportAt } from '../layout.ts';
import { readPassport } from '../passport/text.ts';
import type { StoredFiles } from '../settings.ts';
import { type Certificate, readCertificate } from '../x509/certificate.ts';

/** One certificate of the state, for `knode pki list`. Public facts only. */
export interface InventoryEntry {
  readonly id: string;
  readonly kind: 'authority' | 'certificate';
  /** `CN=kubernetes-ca, OU=demo`. */
  readonly subject: string;
  readonly issuer: string;
  readonly sans: readonly string[];
  readonly usages: readonly string[];
  /** RFC 3339. */
  readonly notBefore: string;
  readonly notAfter: string;
  /** Lower-case hex. */
  readonly serial: string;
  readonly algorithm: string;
  /** SHA-256 in the format of `openssl x509 -fingerprint`. */
  readonly fingerprint: string;
}

/** Every authority and certificate in the state, sorted by id, including those that are no longer requested. */
export function inventory(stored: StoredFiles & { paths(): Iterable<string> }): InventoryEntry[] {
  const entries = [...stored.paths()].flatMap((path) => {
    const place = certificateAt(path);
    const certificate = place === undefined ? undefined : readCertificate(stored.get(path) ?? '');
    return place === undefined || certificate === undefined ? [] : [describe(place.id, place.kind, certificate)];
  });
  // An authority and a leaf may share an id.
  const key = (entry: InventoryEntry): string => `${entry.id}\n${entry.kind}`;
  return entries.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** One passport of the state. It holds no secret. */
export interface PassportEntry {
  readonly id: string;
  /** `address 10.0.0.21`, in their order. */
  readonly claims: readonly string[];
  readonly generation: number;
  /** RFC 3339. */
  readonly notAfter: string;
}

/** Every passport in the state, sorted by id. */
export function passportInventory(stored: StoredFiles & { paths(): Iterable<string> }): PassportEntry[] {
  return [...stored.paths()].flatMap((path) => {
    const id = passportAt(path);
    const passport = id === undefined ? undefined : readPassport(stored.get(path) ?? '')?.passport;
    if (id === undefined || passport === undefined) return [];
    const { generation, notAfter } = passport;
    return [{ id, claims: passport.claims.trim().split('\n'), generation, notAfter: seconds(notAfter) }];
  });
}

function describe(id: string, kind: InventoryEntry['kind'], certificate: Certificate): InventoryEntry {
  const { extensions } = certificate;
  return {
    id,
    kind,
    subject: certificate.subject,
    issuer: certificate.issuer,
    sans: extensions.subjectAltName,
    usages: extensions.extKeyUsage,
    notBefore: seconds(certificate.notBefore),
    notAfter: seconds(certificate.notAfter),
    serial: certificate.serialNumber,
    algorithm: certificate.algorithm,
    fingerprint: certificate.fingerprint,
  };
}

const seconds = (date: Date): string => date.toISOString().replace('.000Z', 'Z');
