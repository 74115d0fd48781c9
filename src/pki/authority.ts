import type { KeyObject } from 'node:crypto';
import { type Diagnostic, hasErrors, type Report } from '../base/diagnostic.ts';
import type { AuthorityName } from '../component/requests.ts';
import { authorityPath } from './layout.ts';
import { messages } from './messages.ts';
import { reasons } from './reasons.ts';
import type { PkiAction, PkiInput, PkiSettings } from './settings.ts';
import { type Certificate, readCertificate } from './x509/certificate.ts';
import { earliestEnd, isChain } from './x509/chain.ts';
import { keyUsageBits } from './x509/extension.ts';
import { canSign, readPrivateKey } from './x509/keys.ts';
import { splitPem } from './x509/pem.ts';

/** A valid authority: with its key it can issue certificates, without it its owner signs requests. */
export interface Authority {
  readonly certificate: Certificate;
  /** Its certificate and those above it in its file. */
  readonly chain: readonly Certificate[];
  readonly privateKey: KeyObject | undefined;
  /** The earliest end in the chain. */
  readonly notAfter: Date;
}

type Rule = (role: string, certificate: Certificate, now: Date) => Diagnostic | undefined;

const supportedKey: Rule = (role, { algorithm }) => {
  const bits = Number(/^rsa-(\d+)$/.exec(algorithm)?.[1] ?? 0);
  const supported = algorithm === 'ecdsa-p256' || algorithm === 'ecdsa-p384' || bits >= 2048;
  return supported ? undefined : messages.keyType(role, algorithm);
};

const mayIssue: Rule = (role, certificate) => {
  const usage = certificate.extensions.keyUsage;
  // Without the extension a key may be used for anything (RFC 5280 4.2.1.3); `openssl req -x509` makes such
  // authorities.
  if (certificate.isAuthority && usage === undefined) return messages.noKeyUsage(role);
  const signs = ((usage ?? 0) & keyUsageBits.keyCertSign) !== 0;
  return certificate.isAuthority && signs ? undefined : messages.notAuthority(role);
};

const inItsTime: Rule = (role, certificate, now) => {
  if (certificate.notAfter <= now) return messages.authorityExpired(role, certificate.notAfter);
  return certificate.notBefore > now ? messages.authorityNotYetValid(role, certificate.notBefore) : undefined;
};

const rules: readonly Rule[] = [supportedKey, mayIssue, inItsTime];

/**
 * Reads and checks a certificate, those above it in its file, and its key, if it is available. `role` names the
 * authority.
 */
export function readAuthority(
  role: string,
  certificatePem: string,
  keyPem: string | undefined,
  now: Date,
): Report<Authority> {
  const read = readChain(role, certificatePem);
  const keys = keyPem === undefined ? undefined : readPrivateKey(keyPem);
  const unreadable = keyPem !== undefined && keys === undefined ? [messages.unreadableKey(role)] : [];
  const [certificate] = read.value ?? [];
  if (read.value === undefined || certificate === undefined || unreadable.length > 0)
    return { diagnostics: [...read.diagnostics, ...unreadable] };
  const mismatch = keys !== undefined && !certificate.hasKey(keys.privateKey);
  const diagnostics = [...(mismatch ? [messages.keyMismatch(role)] : []), ...judgeChain(role, read.value, now)];
  if (hasErrors(diagnostics)) return { diagnostics };
  const notAfter = earliestEnd(read.value);
  return { value: { certificate, chain: read.value, privateKey: keys?.privateKey, notAfter }, diagnostics };
}

function readChain(role: string, pem: string): Report<readonly Certificate[]> {
  const found = splitPem(pem);
  const chain = found.flatMap((one) => readCertificate(one) ?? []);
  if (chain.length === 0 || chain.length < found.length) return { diagnostics: [messages.unreadableCertificate(role)] };
  if (!isChain(chain)) return { diagnostics: [messages.severalCertificates(role, chain.length)] };
  return { value: chain, diagnostics: [] };
}

function judgeChain(role: string, chain: readonly Certificate[], now: Date): Diagnostic[] {
  return chain.flatMap((certificate, index) => {
    const whose = index === 0 ? role : `the issuer '${certificate.subject}' above ${role}`;
    const tooDeep = (certificate.extensions.pathLength ?? index) < index ? [messages.pathTooLong(whose)] : [];
    return [...rules.flatMap((rule) => rule(whose, certificate, now) ?? []), ...tooDeep];
  });
}

export interface PlannedAuthority {
  readonly action?: PkiAction;
  readonly diagnostics: readonly Diagnostic[];
  /** Undefined if the authority is still to be created, or is invalid. */
  readonly authority?: Authority;
}

/** Plans one authority. An existing one is never replaced, whatever is wrong with it. */
export function planAuthority(name: AuthorityName, input: PkiInput, now: Date): PlannedAuthority {
  const certificatePath = authorityPath(name, 'crt');
  const keyPath = authorityPath(name, 'key');
  const certificate = input.stored.get(certificatePath);
  const key = input.stored.get(keyPath);
  if (input.settings.adopted[name] !== undefined) return planAdopted(name, input, now);

  const planned = (action: PkiAction['action'], reason: string): PkiAction => ({
    action,
    kind: 'authority',
    id: name,
    reason,
  });
  if (certificate === undefined && key === undefined) {
    return { action: planned('create', reasons.notMadeYet), diagnostics: [] };
  }
  if (certificate === undefined) return wrong(messages.incompleteAuthority(name, keyPath, certificatePath));
  if (key === undefined) return wrong(messages.incompleteAuthority(name, certificatePath, keyPath));

  const report = readAuthority(ownRole(name), certificate, key, now);
  if (report.value === undefined) return { diagnostics: report.diagnostics.map(messages.damaged) };
  const reason = reasons.validUntil(report.value.certificate.notAfter);
  return { action: planned('reuse', reason), diagnostics: report.diagnostics, authority: report.value };
}

/** Tests the authority's key with a signature. Called only if the authority must issue a certificate now. */
export function signingFaults(name: AuthorityName, authority: Authority, { adopted }: PkiSettings): Diagnostic[] {
  const { privateKey, certificate } = authority;
  if (privateKey === undefined || canSign({ privateKey, publicKey: certificate.publicKey })) return [];
  if (adopted[name] !== undefined) return [messages.keyMismatch(adoptedRole(name))];
  return [messages.damaged(messages.keyMismatch(ownRole(name)))];
}

const ownRole = (name: AuthorityName) => `authority ${name} (${authorityPath(name, 'crt')} in the state)`;
const adoptedRole = (name: AuthorityName) => `the adopted ${name} authority`;

function wrong(diagnostic: Diagnostic): PlannedAuthority {
  return { diagnostics: [diagnostic] };
}

/**
 * The state keeps an adopted authority's certificate without its key. So the key is in one place only, and removing the
 * authority from the cluster file is an error instead of a silent new authority.
 */
function planAdopted(name: AuthorityName, input: PkiInput, now: Date): PlannedAuthority {
  const adopted = input.settings.adopted[name];
  if (adopted === undefined) return { diagnostics: [] };
  const report = readAuthority(adoptedRole(name), adopted.certificatePem, adopted.privateKeyPem, now);
  if (report.value === undefined) return { diagnostics: report.diagnostics };

  const path = authorityPath(name, 'crt');
  const recorded = input.stored.get(path);
  const ownKey = input.stored.get(authorityPath(name, 'key')) !== undefined;
  const step = recorded === undefined && !ownKey ? 'new' : compare(recorded, report.value, ownKey);
  if (step === 'different') return wrong(messages.adoptedDiffers(name, path));
  const [action, reason] = adoptions[step];
  return {
    action: { action, kind: 'authority', id: name, reason },
    diagnostics: report.diagnostics,
    authority: report.value,
  };
}

const adoptions = {
  new: ['adopt', reasons.adoptNew],
  renewed: ['adopt', reasons.adoptRenewed],
  rechained: ['adopt', reasons.adoptRechained],
  same: ['reuse', reasons.adopted],
} as const;

function compare(
  recorded: string | undefined,
  { certificate: adopted, chain }: Authority,
  ownKey: boolean,
): 'same' | 'renewed' | 'rechained' | 'different' {
  const before = recorded === undefined ? undefined : readCertificate(recorded);
  if (before === undefined) return 'different';
  if (before.der.equals(adopted.der)) {
    const sameChain = splitPem(recorded ?? '').join('') === chain.map((one) => one.pem).join('');
    return sameChain ? 'same' : 'rechained';
  }
  const sameKey = before.publicKey.equals(adopted.publicKey) && before.subjectName.equals(adopted.subjectName);
  return sameKey && !ownKey ? 'renewed' : 'different';
}
