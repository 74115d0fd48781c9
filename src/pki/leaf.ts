import type { AuthorityName, CertificateRequest } from '../component/requests.ts';
import type { Authority } from './authority.ts';
import { certificateKeyPath, certificatePath } from './layout.ts';
import { reasons } from './reasons.ts';
import type { PkiAction, PkiInput, PkiSettings } from './settings.ts';
import { pendingKeys } from './signing-request.ts';
import { leafSubject } from './subjects.ts';
import { endsWithin } from './validity.ts';
import { type Certificate, readCertificate } from './x509/certificate.ts';
import { canonicalIp } from './x509/general-name.ts';
import { algorithmOf, type KeyPair, readPrivateKey } from './x509/keys.ts';
import { attributeValues } from './x509/name.ts';
import { oids } from './x509/oids.ts';

/** Input for decisions about leaves. */
interface LeafContext {
  readonly input: PkiInput;
  /** Undefined if it is still to be created. */
  readonly authority: Authority | undefined;
  readonly now: Date;
}

/** Plans one leaf. */
export function planLeaf(request: CertificateRequest, context: LeafContext): PkiAction {
  const { input, now } = context;
  const external = isExternal(request.authority, input.settings);
  const planned = (action: PkiAction['action'], reason: string): PkiAction => ({
    action,
    kind: 'certificate',
    id: request.id,
    reason,
  });
  const pem = input.stored.get(certificatePath(request.id));
  const certificate = pem === undefined ? undefined : readCertificate(pem);
  const fault = pem === undefined ? reasons.notMadeYet : leafFault(certificate, request, context);
  const wish = fault ?? ageFault(certificate, request, context) ?? input.renew?.get(request.id);
  const valid = reasons.validUntil(certificate?.notAfter ?? now);
  if (external) return planned(...planExternal(request, input, fault, wish, valid));
  if (wish === undefined) return planned('reuse', valid);
  return planned(pem === undefined ? 'create' : 'reissue', wish);
}

/** True for an adopted authority whose key stays with its owner. */
export function isExternal(authority: AuthorityName, settings: PkiSettings): boolean {
  const adopted = settings.adopted[authority];
  return adopted !== undefined && adopted.privateKeyPem === undefined;
}

/**
 * Plans a leaf that others sign. A leaf near its end stays in use while its successor is requested; one that does not
 * match, or has ended, does not.
 */
function planExternal(
  request: CertificateRequest,
  input: PkiInput,
  fault: string | undefined,
  wish: string | undefined,
  valid: string,
): readonly [PkiAction['action'], string] {
  const waiting = pendingFor(request, input) !== undefined;
  if (fault === undefined && !input.unsignedAllowed) return ['reuse', valid];
  if (waiting) return ['await', fault ?? reasons.awaiting];
  return wish === undefined ? ['reuse', valid] : ['request', wish];
}

/** The key that waits for its certificate; a key whose certificate is in use no longer waits. */
export function pendingFor(request: CertificateRequest, input: PkiInput): KeyPair | undefined {
  const keys = pendingKeys(request, input.settings, input.stored);
  if (keys === undefined || algorithmOf(keys.publicKey) !== input.settings.algorithm) return undefined;
  const used = readCertificate(input.stored.get(certificatePath(request.id)) ?? '');
  return used?.publicKey.equals(keys.publicKey) ? undefined : keys;
}

/** Why a certificate does not match, apart from its age. */
function leafFault(
  certificate: Certificate | undefined,
  request: CertificateRequest,
  { input, authority, now }: LeafContext,
): string | undefined {
  if (certificate === undefined) return reasons.unreadable;
  const { settings, stored } = input;
  return (
    keyFault(certificate, stored.get(certificateKeyPath(request.id))) ??
    issuerFault(certificate, authority) ??
    requestFault(certificate, request, settings) ??
    (certificate.notAfter <= now ? reasons.expires(certificate.notAfter, now) : undefined)
  );
}

function keyFault(certificate: Certificate, keyPem: string | undefined): string | undefined {
  if (keyPem === undefined) return reasons.keyMissing;
  const keys = readPrivateKey(keyPem);
  return keys !== undefined && certificate.hasKey(keys.privateKey) ? undefined : reasons.keyMismatch;
}

function issuerFault(certificate: Certificate, authority: Authority | undefined): string | undefined {
  const issued = authority !== undefined && certificate.wasIssuedBy(authority.certificate);
  return issued ? undefined : reasons.issuerChanged;
}

function requestFault(
  certificate: Certificate,
  request: CertificateRequest,
  settings: PkiSettings,
): string | undefined {
  const { algorithm } = certificate;
  const changes = [
    ...requestChanges(certificate, request, settings),
    ...(algorithm === settings.algorithm ? [] : [`algorithm ${algorithm} -> ${settings.algorithm}`]),
  ];
  return changes.length === 0 ? undefined : reasons.requestChanged(changes);
}

/** Differences between a certificate and its request: subject, usages and names. */
export function requestChanges(certificate: Certificate, request: CertificateRequest, settings: PkiSettings): string[] {
  const wantedNames = [...request.dnsNames, ...request.ipAddresses.map(canonicalIp)];
  return [
    ...subjectChanges(certificate, request, settings),
    ...difference('usages', certificate.extensions.extKeyUsage, request.usages),
    ...difference('SANs', certificate.extensions.subjectAltName, wantedNames),
  ];
}

function subjectChanges(certificate: Certificate, request: CertificateRequest, settings: PkiSettings): string[] {
  if (certificate.subjectName.equals(leafSubject(request, settings))) return [];
  const before = attributeValues(certificate.subjectName, oids.commonName).join();
  const changes = [
    ...(before === request.commonName ? [] : [`common name ${before} -> ${request.commonName}`]),
    ...difference('organizations', attributeValues(certificate.subjectName, oids.organization), request.organizations),
  ];
  // The remaining differences are the user's own subject fields, or an order: external owners have their own rules for
  // these.
  return changes.length === 0 && !isExternal(request.authority, settings) ? ['subject'] : changes;
}

/** A machine gets a quarter of a joining credential's life between its render and its first boot, as with tokens. */
function ageFault(
  certificate: Certificate | undefined,
  { lifetimeHours }: CertificateRequest,
  { input, now }: LeafContext,
): string | undefined {
  if (certificate === undefined) return undefined;
  const least = lifetimeHours === undefined ? input.settings.renewBeforeHours : lifetimeHours / 4;
  const old = endsWithin(certificate.notAfter, now, least);
  return old ? reasons.expires(certificate.notAfter, now) : undefined;
}

/** `SANs +10.0.0.9 -10.0.0.8`; empty if both are equal. */
function difference(what: string, before: readonly string[], after: readonly string[]): string[] {
  const added = [...new Set(after)].filter((item) => !before.includes(item)).map((item) => `+${item}`);
  const removed = before.filter((item) => !after.includes(item)).map((item) => `-${item}`);
  const signs = [...added.sort(), ...removed.sort()];
  return signs.length === 0 ? [] : [`${what} ${signs.join(' ')}`];
}
