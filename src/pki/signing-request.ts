import type { KeyObject } from 'node:crypto';
import type { CertificateRequest } from '../component/requests.ts';
import { pendingKeyPath, pendingRequestPath } from './layout.ts';
import { requestedExtensions } from './profiles.ts';
import type { PkiSettings, StoredFiles } from './settings.ts';
import { leafSubject } from './subjects.ts';
import { certificationRequestInfo, readRequestInfo, signRequest } from './x509/certification-request.ts';
import { type KeyPair, readPrivateKey } from './x509/keys.ts';

/** Signing requests: what a leaf of an authority without a key asks that authority's owner to sign. */

function requestInfo(request: CertificateRequest, settings: PkiSettings, publicKey: KeyObject): Buffer {
  return certificationRequestInfo({
    subject: leafSubject(request, settings),
    publicKey,
    extensions: requestedExtensions(request, publicKey.asymmetricKeyType),
  });
}

/** A signing request in PEM. */
export async function newSigningRequest(
  request: CertificateRequest,
  settings: PkiSettings,
  keys: KeyPair,
): Promise<string> {
  return signRequest(requestInfo(request, settings, keys.publicKey), keys.privateKey);
}

/** The key of the state's signing request for this leaf, if there is one and it asks for what is wanted today. */
export function pendingKeys(
  request: CertificateRequest,
  settings: PkiSettings,
  stored: StoredFiles,
): KeyPair | undefined {
  const keys = readPrivateKey(stored.get(pendingKeyPath(request.id)) ?? '');
  const asked = readRequestInfo(stored.get(pendingRequestPath(request.id)) ?? '');
  if (keys === undefined || asked === undefined) return undefined;
  return asked.equals(requestInfo(request, settings, keys.publicKey)) ? keys : undefined;
}
