import type { CertificateRequest } from '../component/contract.ts';
import type { Authority } from './authority.ts';
import { canonicalIp } from './extensions.ts';
import { algorithmOf, readPrivateKey } from './keys.ts';
import { certificateKeyPath, certificatePath } from './layout.ts';
import { reasons } from './messages.ts';
import { oids } from './oids.ts';
import { type Certificate, extendedUsages, readCertificate, subjectAltNames } from './read-certificate.ts';
import type { PkiAction, PkiSettings, StoredFiles } from './settings.ts';
import { attributeValues, leafSubject } from './subject.ts';
import { endsWithin } from './validity.ts';

/** Decides about one leaf. `authority` is absent when it is still to be created. */
export function planLeaf(
  request: CertificateRequest,
  settings: PkiSettings,
  stored: StoredFiles,
  authority: Authority | undefined,
  now: Date,
): PkiAction {
  const pem = stored.get(certificatePath(request.id));
  const planned = (action: PkiAction['action'], reason: string): PkiAction => ({
    action,
    kind: 'certificate',
    id: request.id,
    reason,
  });
  if (pem === undefined) return planned('create', reasons.notMadeYet);
  const certificate = readCertificate(pem);
  if (certificate === undefined) return planned('reissue', reasons.unreadable);
  const why =
    keyFault(certificate, stored.get(certificateKeyPath(request.id))) ??
    issuerFault(certificate, authority) ??
    requestFault(certificate, request, settings) ??
    ageFault(certificate, settings, now);
  return why === undefined ? planned('reuse', reasons.validUntil(certificate.notAfter)) : planned('reissue', why);
}

function keyFault(certificate: Certificate, keyPem: string | undefined): string | undefined {
  if (keyPem === undefined) return reasons.keyMissing;
  const keys = readPrivateKey(keyPem);
  return keys !== undefined && certificate.x509.checkPrivateKey(keys.privateKey) ? undefined : reasons.keyMismatch;
}

function issuerFault(certificate: Certificate, authority: Authority | undefined): string | undefined {
  const issuer = authority?.certificate.x509;
  const issued =
    issuer !== undefined && certificate.x509.checkIssued(issuer) && certificate.x509.verify(issuer.publicKey);
  return issued ? undefined : reasons.issuerChanged;
}

function requestFault(
  certificate: Certificate,
  request: CertificateRequest,
  settings: PkiSettings,
): string | undefined {
  const algorithm = algorithmOf(certificate.x509.publicKey);
  const wantedNames = [...request.dnsNames, ...request.ipAddresses.map(canonicalIp)];
  const changes = [
    ...subjectChanges(certificate, request, settings),
    ...difference('usages', extendedUsages(certificate), request.usages),
    ...difference('SANs', subjectAltNames(certificate), wantedNames),
    ...(algorithm === settings.algorithm ? [] : [`algorithm ${algorithm} -> ${settings.algorithm}`]),
  ];
  return changes.length === 0 ? undefined : reasons.requestChanged(changes);
}

function subjectChanges(certificate: Certificate, request: CertificateRequest, settings: PkiSettings): string[] {
  if (certificate.subject.equals(leafSubject(request, settings))) return [];
  const before = attributeValues(certificate.subject, oids.commonName).join();
  const changes = [
    ...(before === request.commonName ? [] : [`common name ${before} -> ${request.commonName}`]),
    ...difference('organizations', attributeValues(certificate.subject, oids.organization), request.organizations),
  ];
  // What is left is the user's own subject fields, or an order.
  return changes.length === 0 ? ['subject'] : changes;
}

function ageFault(certificate: Certificate, settings: PkiSettings, now: Date): string | undefined {
  const old = endsWithin(certificate.notAfter, now, settings.renewBeforeHours);
  return old ? reasons.expires(certificate.notAfter, now) : undefined;
}

/** `SANs +10.0.0.9 -10.0.0.8`, or nothing when both hold the same. */
function difference(what: string, before: readonly string[], after: readonly string[]): string[] {
  const added = [...new Set(after)].filter((item) => !before.includes(item)).map((item) => `+${item}`);
  const removed = before.filter((item) => !after.includes(item)).map((item) => `-${item}`);
  const signs = [...added.sort(), ...removed.sort()];
  return signs.length === 0 ? [] : [`${what} ${signs.join(' ')}`];
}
