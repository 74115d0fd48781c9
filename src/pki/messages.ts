import { type CodesOf, phrases, type Said, speaker } from '../base/catalogue.ts';
import type { Diagnostic } from '../base/diagnostic.ts';

/** All messages of this room. They never contain key material: only roles, ids, names and dates. */

/** Keys of the cluster file that remedies name; must match src/model. */
const keys = {
  certificateValidity: 'pki.certificateValidity',
  renewBefore: 'pki.renewBefore',
} as const;

const restore = 'restore the file from a backup of the state directory; knode never replaces it by a new one';

function error(said: Said): Diagnostic {
  return { severity: 'error', ...said };
}

/** A date for people, in UTC. */
export function dateText(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** The first few of many. */
function listed(ids: readonly string[]): string {
  return ids.length <= 12 ? ids.join(', ') : `${ids.slice(0, 10).join(', ')} and ${ids.length - 10} more`;
}

const damages: readonly CodesOf<typeof say>[] = [
  'pki-unreadable',
  'pki-several-certificates',
  'pki-key-mismatch',
  'pki-not-an-authority',
];

/** Diagnostics. `role` names a file's part in the cluster: 'certificate of the adopted etcd authority'. */
export const messages = phrases('pki/messages', {
  outlivesAuthority: (id: string, more: number, authority: string, leafEnd: Date, caEnd: Date, maxHours: number) =>
    error(say('pki-outlives-ca', { id, more, authority, leafEnd, caEnd, maxHours })),
  unreadableCertificate: (role: string) => error(say('pki-unreadable/unreadable-certificate', { role })),
  severalCertificates: (role: string, count: number) => error(say('pki-several-certificates', { role, count })),
  pathTooLong: (role: string) => error(say('pki-path-length', { role })),
  unsigned: (ids: readonly string[], authority: string) => error(say('pki-unsigned', { ids, authority })),
  unreadableKey: (role: string) => error(say('pki-unreadable/unreadable-key', { role })),
  keyMismatch: (role: string) => error(say('pki-key-mismatch', { role })),
  notAuthority: (role: string) => error(say('pki-not-an-authority', { role })),
  noKeyUsage: (role: string): Diagnostic => ({
    severity: 'warning',
    code: 'pki-no-key-usage',
    message: `the certificate of ${role} has no keyUsage; strict verifiers (openssl -x509_strict, Python 3.13) refuse it`,
    hint: 'issue it again with keyUsage keyCertSign, cRLSign when you next have the chance',
  }),
  keyType: (role: string, algorithm: string) => error(say('pki-key-type', { role, algorithm })),
  authorityExpired: (role: string, end: Date) => error(say('pki-authority-expired', { role, end })),
  authorityNotYetValid: (role: string, begin: Date) => error(say('pki-authority-not-yet-valid', { role, begin })),
  incompleteAuthority: (name: string, present: string, missing: string) =>
    error(say('pki-authority-incomplete', { name, present, missing })),
  adoptedDiffers: (name: string, present: string) => error(say('pki-adopted-differs', { name, present })),
  neverRenewed: (id: string) => error(say('pki-never-renewed', { id })),
  unknownId: (id: string, near: string | undefined) => error(say('pki-unknown-id', { id, near })),
  notMade: (id: string) => error(say('pki-not-made', { id })),
  notRequested: (id: string) => error(say('pki-not-requested', { id })),
  /** Faults of an authority that knode itself keeps: only a backup can repair them. */
  damaged: (found: Diagnostic): Diagnostic =>
    damages.some((code) => code === found.code) ? { ...found, code: 'state-damaged', hint: restore } : found,
  damagedServiceAccount: (path: string) => error(say('state-damaged/damaged-service-account', { path })),
  damagedPassportKey: (path: string) => error(say('state-damaged/damaged-passport-key', { path })),
  damagedSecret: (name: string, path: string) => error(say('state-damaged/damaged-secret', { name, path })),
});

const say = speaker('pki', {
  'pki-outlives-ca': ({
    id,
    more,
    authority,
    leafEnd,
    caEnd,
    maxHours,
  }: {
    id: string;
    more: number;
    authority: string;
    leafEnd: Date;
    caEnd: Date;
    maxHours: number;
  }) => ({
    message:
      `certificate ${id}${more > 0 ? ` (and ${more} more)` : ''} would be valid until ${dateText(leafEnd)}, ` +
      `but its authority ${authority} ends on ${dateText(caEnd)}`,
    hint:
      maxHours > 0
        ? `set ${keys.certificateValidity} to at most ${maxHours}h, or move the cluster to an authority that lives longer`
        : 'move the cluster to a new authority: this one is at its end',
  }),
  'pki-unreadable/unreadable-certificate': ({ role }: { role: string }) => ({
    message: `the certificate of ${role} is not a PEM certificate`,
    hint: 'give one X.509 certificate in PEM',
  }),
  'pki-several-certificates': ({ role, count }: { role: string; count: number }) => ({
    message: `the certificate file of ${role} holds ${count} certificates`,
    hint: 'give the certificate of the authority that issues first, then the one that issued it, and so on; nothing else',
  }),
  'pki-path-length': ({ role }: { role: string }) => ({
    message: `the certificate of ${role} does not allow so many authorities below it (pathlen in basicConstraints)`,
    hint: 'issue the intermediate authority from one that allows it',
  }),
  'pki-unsigned': ({ ids, authority }: { ids: readonly string[]; authority: string }) => ({
    message:
      `${ids.length === 1 ? 'a certificate' : `${ids.length} certificates`} of the ${authority} authority, whose key knode ` +
      `does not have, ${ids.length === 1 ? 'is' : 'are'} not signed yet: ${listed(ids)}`,
    hint: `export the requests (knode pki requests -o DIR), have them signed, and take the certificates back (knode pki import DIR)`,
  }),
  'pki-unreadable/unreadable-key': ({ role }: { role: string }) => ({
    message: `the private key of ${role} cannot be read as PEM`,
    hint: 'give an unencrypted private key in PEM (openssl pkey -in KEY -out PLAIN decrypts one)',
  }),
  'pki-key-mismatch': ({ role }: { role: string }) => ({
    message: `the private key of ${role} does not belong to its certificate`,
    hint: 'give the matching pair',
  }),
  'pki-not-an-authority': ({ role }: { role: string }) => ({
    message: `the certificate of ${role} may not issue certificates`,
    hint: 'give a certificate with basicConstraints CA:TRUE and keyUsage keyCertSign',
  }),
  'pki-key-type': ({ role, algorithm }: { role: string; algorithm: string }) => ({
    message: `the private key of ${role} is of type ${algorithm}, which a Kubernetes authority cannot use here`,
    hint: 'use ECDSA P-256, ECDSA P-384 or RSA with at least 2048 bits',
  }),
  'pki-authority-expired': ({ role, end }: { role: string; end: Date }) => ({
    message: `the certificate of ${role} ended on ${dateText(end)}`,
    hint: 'renew it with the same key, or move the cluster to a new authority; knode makes no new one over it',
  }),
  'pki-authority-not-yet-valid': ({ role, begin }: { role: string; begin: Date }) => ({
    message: `the certificate of ${role} begins on ${dateText(begin)}`,
    hint: 'check the clock',
  }),
  'pki-authority-incomplete': ({ name, present, missing }: { name: string; present: string; missing: string }) => ({
    message: `the state holds ${present} of authority ${name} but not ${missing}`,
    hint: missing.endsWith('.key')
      ? `if the authority was adopted, name its files in the cluster file again; otherwise ${restore}`
      : restore,
  }),
  'pki-adopted-differs': ({ name, present }: { name: string; present: string }) => ({
    message: `the adopted ${name} authority is not the one this cluster already has (${present} in the state)`,
    hint: 'give the same authority again, or use a new state directory for a new cluster',
  }),
  'pki-never-renewed': ({ id }: { id: string }) => ({
    message: `${id} is not renewed: knode never replaces an authority or the service-account key, which everything running trusts`,
    hint: 'a new authority is a new cluster: render one with a new state directory and move the workloads; an authority of your own may be renewed with its key',
  }),
  'pki-unknown-id': ({ id, near }: { id: string; near: string | undefined }) => ({
    message: `there is no certificate '${id}'`,
    hint: near === undefined ? 'knode pki list shows them all' : `did you mean '${near}'?`,
  }),
  'pki-not-made': ({ id }: { id: string }) => ({
    message: `certificate ${id} does not exist yet`,
    hint: 'knode render makes it with its node',
  }),
  'pki-not-requested': ({ id }: { id: string }) => ({
    message: `no node of the cluster file asks for certificate ${id}`,
    hint: id.startsWith('user-')
      ? `it is a person's: knode kubeconfig --user ${id.slice(5)} issues it anew when it comes to its end`
      : 'nothing is to be done: it belongs to a node, or to a setting, of the past',
  }),
  'state-damaged/damaged-service-account': ({ path }: { path: string }) => ({
    message: `the service-account key (${path} in the state) cannot be read`,
    hint: restore,
  }),
  'state-damaged/damaged-passport-key': ({ path }: { path: string }) => ({
    message: `the key that signs passports (${path} in the state) cannot be read`,
    hint: restore,
  }),
  'state-damaged/damaged-secret': ({ name, path }: { name: string; path: string }) => ({
    message: `secret ${name} (${path} in the state) is not what was asked for`,
    hint: restore,
  }),
});
