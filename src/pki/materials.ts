import { createPublicKey } from 'node:crypto';
import type { Materials } from '../component/contract.ts';
import { publicKeyPem } from './keys.ts';
import { authorityPath, certificateKeyPath, certificatePath, secretPath, serviceAccountPath } from './layout.ts';
import { readSecret } from './secrets.ts';
import type { PkiInput, StoredFiles } from './settings.ts';

/** The part of a plan's materials that pki makes. */
export type PkiMaterials = Pick<Materials, 'certificate' | 'privateKey' | 'authority' | 'serviceAccount' | 'secret'>;

/**
 * Gives out what was requested. Something the input never asked for is a bug even if the state happens to hold it:
 * it was neither checked nor renewed.
 */
export function pkiMaterials(input: PkiInput, files: StoredFiles): PkiMaterials {
  const ids = new Set(input.certificates.map((request) => request.id));
  const read = (path: string): string => {
    const text = files.get(path);
    if (text === undefined) throw new Error(`pki: ${path} was neither stored nor made`);
    return text;
  };
  const requested = (id: string): string => {
    if (!ids.has(id)) throw new Error(`pki: certificate ${id} was never requested`);
    return id;
  };
  return {
    certificate: (id) => read(certificatePath(requested(id))),
    privateKey: (id) => read(certificateKeyPath(requested(id))),
    authority: (name, part) => {
      const adopted = input.settings.adopted[name];
      if (part === 'certificate') return adopted?.certificatePem ?? read(authorityPath(name, 'crt'));
      return adopted?.privateKeyPem ?? read(authorityPath(name, 'key'));
    },
    serviceAccount: (part) => {
      const pem = read(serviceAccountPath);
      return part === 'private-key' ? pem : publicKeyPem(createPublicKey(pem));
    },
    secret: (name, field) => {
      const request = input.secrets.find((candidate) => candidate.name === name);
      if (request === undefined) throw new Error(`pki: secret ${name} was never requested`);
      const value = readSecret(request, read(secretPath(name)))?.[field];
      if (value === undefined) throw new Error(`pki: secret ${name} has no field ${field}`);
      return value;
    },
  };
}
