import type { AuthorityName } from '../component/requests.ts';

/** Paths of pki in the state. They are part of the user interface: people read and back up these files. */

const names = /^[A-Za-z0-9][A-Za-z0-9._@-]*$/;

/** An id or name becomes a file name, so only names that are safe as one are accepted. */
function fileName(id: string): string {
  if (!names.test(id)) throw new Error(`pki: ${JSON.stringify(id)} cannot be a file name in the state`);
  return id;
}

export const serviceAccountPath = 'pki/service-account.key';

/** Signs the passports of the cluster; masters have its public half. */
export const passportKeyPath = 'pki/passport.key';
export const passportPath = (id: string): string => `pki/passports/${fileName(id)}.txt`;

export const authorityPath = (name: AuthorityName, part: 'crt' | 'key'): string => `pki/${name}-ca.${part}`;
export const certificatePath = (id: string): string => `pki/certificates/${fileName(id)}.crt`;
export const certificateKeyPath = (id: string): string => `pki/certificates/${fileName(id)}.key`;
/**
 * A key that waits for its certificate: separate from the key in use, which stays until the new certificate is
 * imported.
 */
export const pendingKeyPath = (id: string): string => `pki/requests/${fileName(id)}.key`;
export const pendingRequestPath = (id: string): string => `pki/requests/${fileName(id)}.csr`;
export const secretPath = (name: string): string => `secrets/${fileName(name)}.json`;

/** The id of the passport at a path of the state, if it is one. */
export function passportAt(path: string): string | undefined {
  return /^pki\/passports\/(.+)\.txt$/.exec(path)?.[1];
}

/** The certificate at a path of the state, if it is one. */
export function certificateAt(path: string): { kind: 'authority' | 'certificate'; id: string } | undefined {
  const [, authority, leaf] = /^pki\/(?:([a-z-]+)-ca|certificates\/(.+))\.crt$/.exec(path) ?? [];
  if (authority !== undefined) return { kind: 'authority', id: authority };
  return leaf === undefined ? undefined : { kind: 'certificate', id: leaf };
}
