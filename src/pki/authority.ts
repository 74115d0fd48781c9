import type { KeyObject } from 'node:crypto';
import { type Diagnostic, hasErrors, type Report } from '../base/diagnostic.ts';
import type { AuthorityName } from '../component/contract.ts';
import { keyUsageBits } from './extensions.ts';
import { algorithmOf, type KeyPair, readPrivateKey } from './keys.ts';
import { authorityPath } from './layout.ts';
import { messages, reasons } from './messages.ts';
import { type Certificate, keyUsageByte, readCertificate } from './read-certificate.ts';
import type { PkiAction, PkiInput } from './settings.ts';

/** An authority that can issue: certificate and key belong together and are in order. */
export interface Authority {
  readonly certificate: Certificate;
  readonly privateKey: KeyObject;
}

type Rule = (role: string, certificate: Certificate, keys: KeyPair, now: Date) => Diagnostic | undefined;

const belongTogether: Rule = (role, certificate, keys) =>
  certificate.x509.checkPrivateKey(keys.privateKey) ? undefined : messages.keyMismatch(role);

const supportedKey: Rule = (role, _certificate, keys) => {
  const algorithm = algorithmOf(keys.publicKey);
  const bits = Number(/^rsa-(\d+)$/.exec(algorithm)?.[1] ?? 0);
  const supported = algorithm === 'ecdsa-p256' || algorithm === 'ecdsa-p384' || bits >= 2048;
  return supported ? undefined : messages.keyType(role, algorithm);
};

const mayIssue: Rule = (role, certificate) => {
  const usage = keyUsageByte(certificate);
  // Without the extension a key may do anything (RFC 5280 4.2.1.3); `openssl req -x509` makes such authorities.
  if (certificate.x509.ca && usage === undefined) return messages.noKeyUsage(role);
  const signs = ((usage ?? 0) & keyUsageBits.keyCertSign) !== 0;
  return certificate.x509.ca && signs ? undefined : messages.notAuthority(role);
};

const inItsTime: Rule = (role, certificate, _keys, now) => {
  if (certificate.notAfter <= now) return messages.authorityExpired(role, certificate.notAfter);
  return certificate.notBefore > now ? messages.authorityNotYetValid(role, certificate.notBefore) : undefined;
};

const rules: readonly Rule[] = [belongTogether, supportedKey, mayIssue, inItsTime];

/** Reads and judges a certificate and its key. `role` says in messages whose they are. */
export function readAuthority(role: string, certificatePem: string, keyPem: string, now: Date): Report<Authority> {
  const certificate = readCertificate(certificatePem);
  const keys = readPrivateKey(keyPem);
  const count = certificatePem.split('-----BEGIN CERTIFICATE-----').length - 1;
  const diagnostics: Diagnostic[] = [];
  if (certificate === undefined) diagnostics.push(messages.unreadableCertificate(role));
  else if (count > 1) diagnostics.push(messages.severalCertificates(role, count));
  if (keys === undefined) diagnostics.push(messages.unreadableKey(role));
  if (certificate === undefined || keys === undefined || count > 1) return { diagnostics };
  diagnostics.push(...rules.flatMap((rule) => rule(role, certificate, keys, now) ?? []));
  return hasErrors(diagnostics)
    ? { diagnostics }
    : { value: { certificate, privateKey: keys.privateKey }, diagnostics };
}

export interface PlannedAuthority {
  readonly action?: PkiAction;
  readonly diagnostics: readonly Diagnostic[];
  /** Absent when the authority is still to be created, or is wrong. */
  readonly authority?: Authority;
}

/** Decides about one authority. One that exists is never replaced, whatever is wrong with it. */
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

  const report = readAuthority(`authority ${name} (${certificatePath} in the state)`, certificate, key, now);
  if (report.value === undefined) return { diagnostics: report.diagnostics };
  const reason = reasons.validUntil(report.value.certificate.notAfter);
  return { action: planned('reuse', reason), diagnostics: report.diagnostics, authority: report.value };
}

function wrong(diagnostic: Diagnostic): PlannedAuthority {
  return { diagnostics: [diagnostic] };
}

/**
 * The state keeps an adopted authority's certificate without its key. So its key is in one place only, and a cluster
 * file that no longer names it is an error instead of a silent new authority.
 */
function planAdopted(name: AuthorityName, input: PkiInput, now: Date): PlannedAuthority {
  const adopted = input.settings.adopted[name];
  if (adopted === undefined) return { diagnostics: [] };
  const report = readAuthority(`the adopted ${name} authority`, adopted.certificatePem, adopted.privateKeyPem, now);
  if (report.value === undefined) return { diagnostics: report.diagnostics };

  const path = authorityPath(name, 'crt');
  const recorded = input.stored.get(path);
  const ownKey = input.stored.get(authorityPath(name, 'key')) !== undefined;
  const step = recorded === undefined && !ownKey ? 'new' : compare(recorded, report.value.certificate, ownKey);
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
  same: ['reuse', reasons.adopted],
} as const;

function compare(
  recorded: string | undefined,
  adopted: Certificate,
  ownKey: boolean,
): 'same' | 'renewed' | 'different' {
  const before = recorded === undefined ? undefined : readCertificate(recorded);
  if (before === undefined) return 'different';
  if (before.x509.raw.equals(adopted.x509.raw)) return 'same';
  const sameKey = before.x509.publicKey.equals(adopted.x509.publicKey) && before.subject.equals(adopted.subject);
  return sameKey && !ownKey ? 'renewed' : 'different';
}
