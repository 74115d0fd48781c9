import type { Materials } from '../component/contract.ts';
import type { CertificateRequest } from '../component/requests.ts';
import {
  authorityPath,
  certificateKeyPath,
  certificatePath,
  passportKeyPath,
  passportPath,
  secretPath,
  serviceAccountPath,
} from './layout.ts';
import { readSecret, rightLasts } from './secrets.ts';
import type { PkiInput, PkiSettings, StoredFiles } from './settings.ts';
import { issuerPem, servedChain } from './x509/chain.ts';
import { publicHalfPem, serviceAccountPem } from './x509/keys.ts';
import { splitPem } from './x509/pem.ts';

/** The part of a plan's materials that pki makes. */
export type PkiMaterials = Pick<
  Materials,
  'certificate' | 'privateKey' | 'authority' | 'serviceAccount' | 'passport' | 'passportKey' | 'secret' | 'lasts'
>;

/**
 * Returns only requested material. A request that was not in the input is a bug even if the state happens to hold the
 * material: it was neither checked nor renewed.
 */
export function pkiMaterials(input: PkiInput, files: StoredFiles, now: Date): PkiMaterials {
  const requests = new Map(input.certificates.map((request) => [request.id, request]));
  const read = (path: string): string => {
    const text = files.get(path);
    if (text === undefined) throw new Error(`pki: ${path} was neither stored nor made`);
    return text;
  };
  const requested = (id: string): CertificateRequest => {
    const request = requests.get(id);
    if (request === undefined) throw new Error(`pki: certificate ${id} was never requested`);
    return request;
  };
  return {
    certificate: (id) => read(certificatePath(requested(id).id)) + chainBelow(requested(id), input.settings),
    privateKey: (id) => read(certificateKeyPath(requested(id).id)),
    authority: (name, part) => {
      const adopted = input.settings.adopted[name];
      if (part === 'private-key') return adopted?.privateKeyPem ?? read(authorityPath(name, 'key'));
      const certificates = adopted?.certificatePem ?? read(authorityPath(name, 'crt'));
      return part === 'certificate' ? issuerPem(certificates) : splitPem(certificates).join('');
    },
    serviceAccount: (part) => {
      const pem = read(serviceAccountPath);
      return part === 'private-key' ? serviceAccountPem(pem) : publicHalfPem(pem);
    },
    passport: (id) => {
      if (!input.passports?.some((request) => request.id === id))
        throw new Error(`pki: passport ${id} was never requested`);
      return read(passportPath(id));
    },
    passportKey: () => publicHalfPem(read(passportKeyPath)),
    secret: (name, field) => {
      const request = input.secrets.find((candidate) => candidate.name === name);
      if (request === undefined) throw new Error(`pki: secret ${name} was never requested`);
      const value = readSecret(request, read(secretPath(name)))?.[field];
      if (value === undefined) throw new Error(`pki: secret ${name} has no field ${field}`);
      return value;
    },
    lasts: (right) => {
      const request = input.secrets.find((candidate) => candidate.name === right);
      const text = files.get(secretPath(right));
      return request !== undefined && text !== undefined && rightLasts(request, text, now);
    },
  };
}

/** The chain that a server sends with its certificate if its authority is below others. */
function chainBelow(request: CertificateRequest, settings: PkiSettings): string {
  const adopted = request.usages.includes('server') ? settings.adopted[request.authority] : undefined;
  return adopted === undefined ? '' : servedChain(adopted.certificatePem);
}
