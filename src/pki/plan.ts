import { isDeepStrictEqual } from 'node:util';
import type { Diagnostic } from '../base/diagnostic.ts';
import type { AuthorityName, CertificateRequest } from '../component/requests.ts';
import { type Authority, type PlannedAuthority, planAuthority, signingFaults } from './authority.ts';
import { serviceAccountPath } from './layout.ts';
import { planLeaf } from './leaf.ts';
import { messages } from './messages.ts';
import { planPassport, planPassportKey } from './passport/plan.ts';
import { reasons } from './reasons.ts';
import { planSecret } from './secrets.ts';
import type { PkiAction, PkiInput, PkiPlan } from './settings.ts';
import { authorityLifetime, hoursUntil, requestLifetime } from './validity.ts';
import { readPrivateKey } from './x509/keys.ts';

const authorityOrder: readonly AuthorityName[] = ['kubernetes', 'etcd', 'front-proxy'];

/** The authorities that this input needs, in a fixed order. */
function neededAuthorities(input: PkiInput): AuthorityName[] {
  const needed = new Set<AuthorityName>(['kubernetes', ...input.authorities]);
  for (const request of input.certificates) needed.add(request.authority);
  return authorityOrder.filter((name) => needed.has(name));
}

/** One of each id, in order of first appearance. The same id with different content is a component's bug. */
function distinct<T>(requests: readonly T[], idOf: (request: T) => string): T[] {
  const byId = new Map<string, T>();
  for (const request of requests) {
    const known = byId.get(idOf(request));
    if (known !== undefined && !isDeepStrictEqual(known, request)) {
      throw new Error(`pki: ${idOf(request)} is requested twice with different contents`);
    }
    byId.set(idOf(request), request);
  }
  return [...byId.values()];
}

/** Decides what is made, kept and renewed, and reports obstacles. Writes nothing and makes no key. */
export function planPki(input: PkiInput): PkiPlan {
  const now = input.clock.now();
  const authorities = new Map(neededAuthorities(input).map((name) => [name, planAuthority(name, input, now)]));
  const certificates = distinct(input.certificates, (request) => request.id);
  const secrets = distinct(input.secrets, (request) => request.name).map((request) => planSecret(request, input, now));

  const passports = distinct(input.passports ?? [], (request) => request.id);
  const signed = [...planPassportKey(input), ...passports.map((request) => planPassport(request, input, now))];

  const serviceAccount = planServiceAccount(input);
  const leaves = certificates
    // The leaves of an invalid authority cannot be checked.
    .filter((request) => authorities.get(request.authority)?.action !== undefined)
    .map((request) => {
      const authority = authorities.get(request.authority)?.authority;
      return planLeaf(request, { input, authority, now });
    });
  const steps = [
    ...[...authorities.values()].map((planned) => planned.action),
    serviceAccount,
    ...leaves,
    ...signed,
    ...secrets,
  ];
  return {
    now,
    actions: steps.filter((step) => step !== undefined && 'action' in step),
    diagnostics: [
      ...[...authorities.values()].flatMap((planned) => planned.diagnostics),
      ...steps.filter((step) => step !== undefined && 'severity' in step),
      ...outliving(certificates, leaves, authorities, input, now),
      ...unsigned(certificates, leaves, input),
      ...unableToSign(certificates, leaves, authorities, input),
    ],
  };
}

/** The part of a plan for these certificates: themselves and their authorities. */
export function onlyCertificates(plan: PkiPlan, certificates: readonly CertificateRequest[]): PkiPlan {
  const issuers = new Set<string>(certificates.map((request) => request.authority));
  const actions = plan.actions.filter(
    ({ kind, id }) => kind === 'certificate' || (kind === 'authority' && issuers.has(id)),
  );
  return { ...plan, actions };
}

function planServiceAccount(input: PkiInput): PkiAction | Diagnostic {
  const pem = input.stored.get(serviceAccountPath);
  const planned = { kind: 'service-account', id: 'service-account' } as const;
  if (pem === undefined) return { ...planned, action: 'create', reason: reasons.notMadeYet };
  if (readPrivateKey(pem) === undefined) return messages.damagedServiceAccount(serviceAccountPath);
  return { ...planned, action: 'reuse', reason: reasons.kept };
}

/** One diagnostic per authority whose owner must still sign. */
function unsigned(
  certificates: readonly CertificateRequest[],
  leaves: readonly PkiAction[],
  input: PkiInput,
): Diagnostic[] {
  if (input.unsignedAllowed) return [];
  const waiting = new Set(
    leaves.filter(({ action }) => action === 'request' || action === 'await').map(({ id }) => id),
  );
  return authorityOrder.flatMap((name) => {
    const ids = certificates.filter((one) => one.authority === name && waiting.has(one.id)).map((one) => one.id);
    return ids.length === 0 ? [] : [messages.unsigned(ids, name)];
  });
}

const issuing: readonly PkiAction['action'][] = ['create', 'reissue'];

/** One diagnostic per authority that ends before a leaf to be issued now. */
function outliving(
  certificates: readonly CertificateRequest[],
  leaves: readonly PkiAction[],
  authorities: ReadonlyMap<AuthorityName, PlannedAuthority>,
  input: PkiInput,
  now: Date,
): Diagnostic[] {
  const issued = new Set(leaves.filter(({ action }) => issuing.includes(action)).map((leaf) => leaf.id));
  return [...authorities].flatMap(([name, { authority }]) => {
    const caEnd = endOf(authority, input, now);
    const late = certificates
      .filter((request) => request.authority === name && issued.has(request.id))
      .map((request) => ({ id: request.id, end: requestLifetime(request, now, input.settings).notAfter }))
      .filter(({ end }) => end > caEnd);
    const [first] = late;
    if (first === undefined) return [];
    return [messages.outlivesAuthority(first.id, late.length - 1, name, first.end, caEnd, hoursUntil(caEnd, now))];
  });
}

/** One diagnostic per authority that must issue now and whose key makes invalid signatures. */
function unableToSign(
  certificates: readonly CertificateRequest[],
  leaves: readonly PkiAction[],
  authorities: ReadonlyMap<AuthorityName, PlannedAuthority>,
  input: PkiInput,
): Diagnostic[] {
  const issued = new Set(leaves.filter(({ action }) => issuing.includes(action)).map((leaf) => leaf.id));
  const issuers = new Set(certificates.filter(({ id }) => issued.has(id)).map(({ authority }) => authority));
  return [...authorities].flatMap(([name, { authority }]) => {
    return issuers.has(name) && authority !== undefined ? signingFaults(name, authority, input.settings) : [];
  });
}

function endOf(authority: Authority | undefined, input: PkiInput, now: Date): Date {
  return authority?.notAfter ?? authorityLifetime(now, input.settings.caValidityHours).notAfter;
}
