import type { KeyObject } from 'node:crypto';
import type { CertificateRequest } from '../../component/contract.ts';
import { pendingKeyPath, pendingRequestPath } from '../layout.ts';
import type { PkiSettings, StoredFiles } from '../settings.ts';
import { bitString, decode, encode, explicit, items, objectId, sequence, setOf, unsignedInteger } from './der.ts';
import { requestedExtensions } from './extensions.ts';
import { type KeyPair, readPrivateKey } from './keys.ts';
import { oids } from './oids.ts';
import { pemText, signatureAlgorithm, signBytes } from './sign.ts';
import { leafSubject } from './subject.ts';

/** PKCS #10 (RFC 2986): what a leaf of an authority without a key asks that authority's owner to sign. */

/** CertificationRequestInfo in DER. The same request and key give the same bytes, so a stored one is compared by them. */
function requestInfo(request: CertificateRequest, settings: PkiSettings, publicKey: KeyObject): Buffer {
  const { usages, dnsNames, ipAddresses } = request;
  const rsa = publicKey.asymmetricKeyType === 'rsa';
  const extensions = requestedExtensions({ usages, dnsNames, ipAddresses, rsa });
  const attribute = sequence(objectId(oids.extensionRequest), setOf(sequence(...extensions)));
  return encode(
    sequence(
      unsignedInteger(Uint8Array.of(0)),
      decode(leafSubject(request, settings)),
      decode(publicKey.export({ type: 'spki', format: 'der' })),
      // [0] IMPLICIT SET OF: with one attribute its bytes are those of [0] EXPLICIT.
      explicit(0, attribute),
    ),
  );
}

/** A signing request in PEM. */
export async function newSigningRequest(
  request: CertificateRequest,
  settings: PkiSettings,
  keys: KeyPair,
): Promise<string> {
  const info = requestInfo(request, settings, keys.publicKey);
  const { hash, identifier } = signatureAlgorithm(keys.privateKey);
  const signature = await signBytes(hash, info, keys.privateKey);
  return pemText('CERTIFICATE REQUEST', encode(sequence(decode(info), identifier, bitString(signature))));
}

/** The key of the state's signing request for this leaf, if there is one and it asks for what is wanted today. */
export function pendingKeys(
  request: CertificateRequest,
  settings: PkiSettings,
  stored: StoredFiles,
): KeyPair | undefined {
  const keys = readPrivateKey(stored.get(pendingKeyPath(request.id)) ?? '');
  const asked = readInfo(stored.get(pendingRequestPath(request.id)) ?? '');
  if (keys === undefined || asked === undefined) return undefined;
  return asked.equals(requestInfo(request, settings, keys.publicKey)) ? keys : undefined;
}

function readInfo(pem: string): Buffer | undefined {
  const [, body] = /-----BEGIN CERTIFICATE REQUEST-----([^-]+)-----END/.exec(pem) ?? [];
  if (body === undefined) return undefined;
  try {
    const [info] = items(decode(Buffer.from(body, 'base64')));
    return info === undefined ? undefined : encode(info);
  } catch {
    return undefined;
  }
}
