import { hasErrors } from '../base/diagnostic.ts';
import type { AuthorityName, CertificateRequest, SecretRequest } from '../component/requests.ts';
import { type Authority, readAuthority } from './authority.ts';
import {
  authorityPath,
  certificateKeyPath,
  certificatePath,
  passportKeyPath,
  passportPath,
  pendingKeyPath,
  pendingRequestPath,
  secretPath,
  serviceAccountPath,
} from './layout.ts';
import { type PkiMaterials, pkiMaterials } from './materials.ts';
import { newPassport, newPassportKey } from './passport/issue.ts';
import { authorityExtensions, requestedExtensions } from './profiles.ts';
import { newSecret } from './secrets.ts';
import type { PkiAction, PkiInput, PkiPlan, RandomBytes } from './settings.ts';
import { newSigningRequest } from './signing-request.ts';
import { authoritySubject, leafSubject } from './subjects.ts';
import { authorityLifetime, requestLifetime } from './validity.ts';
import { keyIdentifiers } from './x509/extension.ts';
import { type KeyPair, newKeyPair, privateKeyPem } from './x509/keys.ts';
import { keyIdentifier } from './x509/subject-public-key-info.ts';
import { newSerialNumber, signCertificate } from './x509/tbs-certificate.ts';

export interface PkiOutcome {
  /** Entries to commit to the state before they are used, by path; empty if everything was reused. */
  readonly entries: ReadonlyMap<string, string>;
  readonly materials: PkiMaterials;
}

/** Shared by the steps. */
interface Workshop {
  readonly input: PkiInput;
  readonly now: Date;
  readonly randomBytes: RandomBytes;
}

type Entries = readonly (readonly [path: string, text: string])[];

/** Carries out the plan and nothing else. The plan must be for the same input and without errors. */
export async function applyPki(input: PkiInput, plan: PkiPlan, randomBytes: RandomBytes): Promise<PkiOutcome> {
  if (hasErrors(plan.diagnostics)) throw new Error('pki: a plan with errors cannot be applied');
  const shop: Workshop = { input, now: plan.now, randomBytes };
  const steps = plan.actions.filter((step) => step.action !== 'reuse');
  const ofKind = (kind: PkiAction['kind']) => steps.filter((step) => step.kind === kind);

  // Keys of the authorities and of the service accounts are independent; leaves wait for their issuers.
  const roots = await Promise.all([
    ...ofKind('authority').map((step) => makeAuthority(step, shop)),
    ...ofKind('service-account').map(() => makeServiceAccount(shop)),
    ...ofKind('passport-key').map(async () => [await newPassportKey()]),
  ]);
  const entries = new Map(roots.flat());
  const issuers = loadIssuers(plan, entries, shop);
  const asked = ofKind('certificate').filter((step) => step.action !== 'await');
  const leaves = asked.map((step) => {
    const request = find(input.certificates, (candidate) => candidate.id === step.id);
    if (step.action === 'request') return makeRequest(request, shop);
    return makeLeaf(request, issuers.get(request.authority), shop);
  });
  const secrets = ofKind('secret').map((step) => {
    const request = find<SecretRequest>(input.secrets, (candidate) => candidate.name === step.id);
    return [secretPath(request.name), newSecret(request, randomBytes, plan.now)] as const;
  });
  const passports = ofKind('passport').map((step) => makePassport(step, entries, shop));
  for (const [path, text] of [...(await Promise.all(leaves)).flat(), ...passports, ...secrets]) entries.set(path, text);
  return {
    entries,
    materials: pkiMaterials(input, { get: (path) => entries.get(path) ?? input.stored.get(path) }, plan.now),
  };
}

function find<T>(requests: readonly T[], matches: (request: T) => boolean): T {
  const request = requests.find(matches);
  if (request === undefined) throw new Error('pki: the plan was made for another input');
  return request;
}

async function makeAuthority(step: PkiAction, shop: Workshop): Promise<Entries> {
  const name = step.id as AuthorityName;
  const { settings } = shop.input;
  const adopted = settings.adopted[name];
  if (adopted !== undefined) return [[authorityPath(name, 'crt'), adopted.certificatePem]];

  const serialNumber = newSerialNumber(shop.randomBytes);
  const keys = await newKeyPair(settings.algorithm);
  const subject = authoritySubject(name, settings);
  const pem = await signCertificate(
    {
      serialNumber,
      subject,
      publicKey: keys.publicKey,
      validity: authorityLifetime(shop.now, settings.caValidityHours),
      extensions: authorityExtensions(keyIdentifier(keys.publicKey)),
    },
    { subject, privateKey: keys.privateKey },
  );
  return pairEntries(authorityPath(name, 'crt'), pem, authorityPath(name, 'key'), keys);
}

async function makeServiceAccount(shop: Workshop): Promise<Entries> {
  const keys = await newKeyPair(shop.input.settings.algorithm);
  return [[serviceAccountPath, privateKeyPem(keys.privateKey)]];
}

function makePassport({ id }: PkiAction, made: ReadonlyMap<string, string>, { input, now }: Workshop): Entries[number] {
  const request = find(input.passports ?? [], (candidate) => candidate.id === id);
  const keyPem = made.get(passportKeyPath) ?? input.stored.get(passportKeyPath) ?? '';
  return newPassport(request, { keyPem, settings: input.settings, now, earlier: input.stored.get(passportPath(id)) });
}

/** A key and a signing request for its owner; the certificate in use stays in place until the new one is imported. */
async function makeRequest(request: CertificateRequest, shop: Workshop): Promise<Entries> {
  const { settings } = shop.input;
  const keys = await newKeyPair(settings.algorithm);
  const pem = await newSigningRequest(request, settings, keys);
  return pairEntries(pendingRequestPath(request.id), pem, pendingKeyPath(request.id), keys);
}

async function makeLeaf(request: CertificateRequest, issuer: Authority | undefined, shop: Workshop): Promise<Entries> {
  if (issuer?.privateKey === undefined) throw new Error(`pki: authority ${request.authority} is missing`);
  const { settings } = shop.input;
  const serialNumber = newSerialNumber(shop.randomBytes);
  const keys = await newKeyPair(settings.algorithm);
  const pem = await signCertificate(
    {
      serialNumber,
      subject: leafSubject(request, settings),
      publicKey: keys.publicKey,
      validity: requestLifetime(request, shop.now, settings),
      extensions: [
        ...requestedExtensions(request, keys.publicKey.asymmetricKeyType),
        ...keyIdentifiers(keyIdentifier(keys.publicKey), issuer.certificate.extensions.subjectKeyIdentifier),
      ],
    },
    { subject: issuer.certificate.subjectName, privateKey: issuer.privateKey },
  );
  return pairEntries(certificatePath(request.id), pem, certificateKeyPath(request.id), keys);
}

function pairEntries(certificatePath: string, pem: string, keyPath: string, keys: KeyPair): Entries {
  return [
    [certificatePath, pem],
    [keyPath, privateKeyPem(keys.privateKey)],
  ];
}

/** Authorities of the plan, ready to sign. */
function loadIssuers(plan: PkiPlan, made: ReadonlyMap<string, string>, shop: Workshop): Map<AuthorityName, Authority> {
  const { stored, settings } = shop.input;
  const text = (path: string): string => made.get(path) ?? stored.get(path) ?? '';
  const issuers = new Map<AuthorityName, Authority>();
  for (const step of plan.actions.filter((candidate) => candidate.kind === 'authority')) {
    const name = step.id as AuthorityName;
    const certificate = settings.adopted[name]?.certificatePem ?? text(authorityPath(name, 'crt'));
    const adopted = settings.adopted[name];
    const key = adopted === undefined ? text(authorityPath(name, 'key')) : adopted.privateKeyPem;
    const { value } = readAuthority(name, certificate, key, plan.now);
    if (value !== undefined) issuers.set(name, value);
  }
  return issuers;
}
