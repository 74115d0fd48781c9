import type { Diagnostic } from '../../base/diagnostic.ts';
import type { CertificateRequest } from '../../component/contract.ts';
import type { Authority } from '../authority.ts';
import { requestChanges } from '../leaf.ts';
import type { PkiSettings } from '../settings.ts';
import { endsWithin } from '../validity.ts';
import { wasIssuedBy } from '../x509/chain.ts';
import { keyUsageBits } from '../x509/extensions.ts';
import type { KeyPair } from '../x509/keys.ts';
import { type Certificate, keyUsageByte, oneLine } from '../x509/read-certificate.ts';
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
  if (wasIssuedBy(certificate, authority.certificate)) return [];
  const [issuer, wanted] = [certificate.x509.issuer, authority.certificate.x509.subject];
  return [importMessages.issuer(file, request.id, request.authority, oneLine(issuer), oneLine(wanted))];
}

function contentFaults({ file, request, certificate }: Answer, settings: PkiSettings): Diagnostic[] {
  const changes = requestChanges(certificate, request, settings);
  const usage = keyUsageByte(certificate);
  const signs = usage === undefined || (usage & keyUsageBits.digitalSignature) !== 0;
  return [
    ...(changes.length === 0 ? [] : [importMessages.differs(file, request.id, changes)]),
    ...(certificate.x509.ca ? [importMessages.isAuthority(file, request.id)] : []),
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
