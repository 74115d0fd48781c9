import type { Diagnostic } from '../base/diagnostic.ts';

/** All messages of this room. They never contain key material: only roles, ids, names and dates. */

/** Keys of the cluster file that remedies name; must match src/model. */
const keys = {
  certificateValidity: 'pki.certificateValidity',
  renewBefore: 'pki.renewBefore',
} as const;

const restore = 'restore the file from a backup of the state directory; knode never replaces it by a new one';

function error(code: string, message: string, hint: string): Diagnostic {
  return { severity: 'error', code, message, hint };
}

/** A date for people, in UTC. */
export function dateText(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function spanText(milliseconds: number): string {
  const hours = Math.floor(milliseconds / 3_600_000);
  return hours < 48 ? `${hours} hour${hours === 1 ? '' : 's'}` : `${Math.floor(hours / 24)} days`;
}

/** The first few of many. */
function listed(ids: readonly string[]): string {
  return ids.length <= 12 ? ids.join(', ') : `${ids.slice(0, 10).join(', ')} and ${ids.length - 10} more`;
}

const damages = ['pki-unreadable', 'pki-several-certificates', 'pki-key-mismatch', 'pki-not-an-authority'];

/** Reasons of actions. */
export const reasons = {
  notMadeYet: 'not made yet',
  kept: 'kept for the life of the cluster',
  adopted: 'adopted from your files',
  adoptNew: 'adopted from your files: its certificate is recorded, its key stays where it is',
  adoptRechained: 'adopted from your files: the certificates above it changed',
  adoptRenewed: 'adopted from your files: renewed with the same key',
  grantedAgain: 'given again, as you asked',
  foundedBefore:
    'not given: the state is older than this right, so the cluster may run already; render --found gives it',
  ended: (date: Date): string => `ended on ${dateText(date)}`,
  validUntil: (date: Date): string => `valid until ${dateText(date)}`,
  keyMissing: 'its key is missing',
  keyMismatch: 'its key does not belong to it',
  unreadable: 'cannot be read',
  askedFor: 'asked for',
  awaiting: 'its signing request is not answered yet',
  issuerChanged: 'issuer changed',
  requestChanged: (changes: readonly string[]): string => `request changed: ${changes.join(', ')}`,
  expires: (notAfter: Date, now: Date): string => {
    const left = notAfter.getTime() - now.getTime();
    return left < 0 ? `expired ${spanText(-left)} ago` : `expires in ${spanText(left)}`;
  },
} as const;

/** Diagnostics. `role` names a file's part in the cluster: 'certificate of the adopted etcd authority'. */
export const messages = {
  outlivesAuthority: (id: string, more: number, authority: string, leafEnd: Date, caEnd: Date, maxHours: number) =>
    error(
      'pki-outlives-ca',
      `certificate ${id}${more > 0 ? ` (and ${more} more)` : ''} would be valid until ${dateText(leafEnd)}, ` +
        `but its authority ${authority} ends on ${dateText(caEnd)}`,
      maxHours > 0
        ? `set ${keys.certificateValidity} to at most ${maxHours}h, or move the cluster to an authority that lives longer`
        : 'move the cluster to a new authority: this one is at its end',
    ),
  unreadableCertificate: (role: string) =>
    error('pki-unreadable', `the certificate of ${role} is not a PEM certificate`, 'give one X.509 certificate in PEM'),
  severalCertificates: (role: string, count: number) =>
    error(
      'pki-several-certificates',
      `the certificate file of ${role} holds ${count} certificates`,
      'give the certificate of the authority that issues first, then the one that issued it, and so on; nothing else',
    ),
  pathTooLong: (role: string) =>
    error(
      'pki-path-length',
      `the certificate of ${role} does not allow so many authorities below it (pathlen in basicConstraints)`,
      'issue the intermediate authority from one that allows it',
    ),
  unsigned: (ids: readonly string[], authority: string) =>
    error(
      'pki-unsigned',
      `${ids.length === 1 ? 'a certificate' : `${ids.length} certificates`} of the ${authority} authority, whose key knode ` +
        `does not have, ${ids.length === 1 ? 'is' : 'are'} not signed yet: ${listed(ids)}`,
      `export the requests (knode pki requests -o DIR), have them signed, and take the certificates back (knode pki import DIR)`,
    ),
  unreadableKey: (role: string) =>
    error(
      'pki-unreadable',
      `the private key of ${role} cannot be read as PEM`,
      'give an unencrypted private key in PEM (openssl pkey -in KEY -out PLAIN decrypts one)',
    ),
  keyMismatch: (role: string) =>
    error(
      'pki-key-mismatch',
      `the private key of ${role} does not belong to its certificate`,
      'give the matching pair',
    ),
  notAuthority: (role: string) =>
    error(
      'pki-not-an-authority',
      `the certificate of ${role} may not issue certificates`,
      'give a certificate with basicConstraints CA:TRUE and keyUsage keyCertSign',
    ),
  noKeyUsage: (role: string): Diagnostic => ({
    severity: 'warning',
    code: 'pki-no-key-usage',
    message: `the certificate of ${role} has no keyUsage; strict verifiers (openssl -x509_strict, Python 3.13) refuse it`,
    hint: 'issue it again with keyUsage keyCertSign, cRLSign when you next have the chance',
  }),
  keyType: (role: string, algorithm: string) =>
    error(
      'pki-key-type',
      `the private key of ${role} is of type ${algorithm}, which a Kubernetes authority cannot use here`,
      'use ECDSA P-256, ECDSA P-384 or RSA with at least 2048 bits',
    ),
  authorityExpired: (role: string, end: Date) =>
    error(
      'pki-authority-expired',
      `the certificate of ${role} ended on ${dateText(end)}`,
      'renew it with the same key, or move the cluster to a new authority; knode makes no new one over it',
    ),
  authorityNotYetValid: (role: string, begin: Date) =>
    error('pki-authority-not-yet-valid', `the certificate of ${role} begins on ${dateText(begin)}`, 'check the clock'),
  incompleteAuthority: (name: string, present: string, missing: string) =>
    error(
      'pki-authority-incomplete',
      `the state holds ${present} of authority ${name} but not ${missing}`,
      missing.endsWith('.key')
        ? `if the authority was adopted, name its files in the cluster file again; otherwise ${restore}`
        : restore,
    ),
  adoptedDiffers: (name: string, present: string) =>
    error(
      'pki-adopted-differs',
      `the adopted ${name} authority is not the one this cluster already has (${present} in the state)`,
      'give the same authority again, or use a new state directory for a new cluster',
    ),
  neverRenewed: (id: string) =>
    error(
      'pki-never-renewed',
      `${id} is not renewed: knode never replaces an authority or the service-account key, which everything running trusts`,
      'a new authority is a new cluster: render one with a new state directory and move the workloads; an authority of your own may be renewed with its key',
    ),
  unknownId: (id: string, near: string | undefined) =>
    error(
      'pki-unknown-id',
      `there is no certificate '${id}'`,
      near === undefined ? 'knode pki list shows them all' : `did you mean '${near}'?`,
    ),
  notMade: (id: string) =>
    error('pki-not-made', `certificate ${id} does not exist yet`, 'knode render makes it with its node'),
  notRequested: (id: string) =>
    error(
      'pki-not-requested',
      `no node of the cluster file asks for certificate ${id}`,
      id.startsWith('user-')
        ? `it is a person's: knode kubeconfig --user ${id.slice(5)} issues it anew when it comes to its end`
        : 'nothing is to be done: it belongs to a node, or to a setting, of the past',
    ),
  /** Faults of an authority that knode itself keeps: only a backup can repair them. */
  damaged: (found: Diagnostic): Diagnostic =>
    damages.includes(found.code) ? { ...found, code: 'state-damaged', hint: restore } : found,
  damagedServiceAccount: (path: string) =>
    error('state-damaged', `the service-account key (${path} in the state) cannot be read`, restore),
  damagedPassportKey: (path: string) =>
    error('state-damaged', `the key that signs passports (${path} in the state) cannot be read`, restore),
  damagedSecret: (name: string, path: string) =>
    error('state-damaged', `secret ${name} (${path} in the state) is not what was asked for`, restore),
} as const;
