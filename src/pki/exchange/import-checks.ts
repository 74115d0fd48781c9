import type { Diagnostic } from '../../base/diagnostic.ts';
import type { CertificateRequest } from '../../component/requests.ts';
import type { Authority } from '../authority.ts';
import { requestChanges } from '../leaf.ts';
import type { PkiSettings } from '../settings.ts';
import { endsWithin } from '../validity.ts';
import type { Certificate } from '../x509/certificate.ts';
import { keyUsageBits } from '../x509/extension.ts';
import type { KeyPair } from '../x509/keys.ts';
import { importMessages } from './import-messages.ts';

/** A request whose certificate is expected. */
export interface Expected {
  readonly request: CertificateRequest;
  readonly keys: KeyPair;
  readonly authority: Authority;
}

/** A certificate for the key of a request. */
export interface Answer extends Expected {
  readonly file: string;
  readonly certificate: Certificate;
}

/** All errors in a returned certificate. That its key is the request's was already checked. */
export function signedFaults(answer: Answer, settings: PkiSettings, now: Date): Diagnostic[] {
  return [...issuerFaults(answer), ...contentFaults(answer, settings), ...timeFaults(answer, settings, now)];
}

function issuerFaults({ file, request, certificate, authority }: Answer): Diagnostic[] {
  if (certificate.wasIssuedBy(authority.certificate)) return [];
  return [
    importMessages.issuer(file, request.id, request.authority, certificate.issuer, authority.certificate.subject),
  ];
}

function contentFaults({ file, request, certificate }: Answer, settings: PkiSettings): Diagnostic[] {
  const changes = requestChanges(certificate, request, settings);
  const usage = certificate.extensions.keyUsage;
  const signs = usage === undefined || (usage & keyUsageBits.digitalSignature) !== 0;
  return [
    ...(changes.length === 0 ? [] : [importMessages.differs(file, request.id, changes)]),
    ...(certificate.isAuthority ? [importMessages.isAuthority(file, request.id)] : []),
    ...(signs ? [] : [importMessages.keyUsage(file, request.id)]),
  ];
}

function timeFaults({ file, request, certificate, authority }: Answer, settings: PkiSettings, now: Date): Diagnostic[] {
  const { notBefore, notAfter } = certificate;
  if (notAfter <= now) return [importMessages.expired(file, request.id, notAfter)];
  if (notBefore > now) return [importMessages.future(file, request.id, notBefore)];
  return [
    ...(endsWithin(notAfter, now, settings.renewBeforeHours) ? [importMessages.short(file, request.id, notAfter)] : []),
    ...(notAfter > authority.notAfter
      ? [importMessages.outlives(file, request.id, request.authority, authority.notAfter)]
      : []),
  ];
}
