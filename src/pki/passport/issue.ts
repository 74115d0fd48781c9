import { createPrivateKey, sign } from 'node:crypto';
import type { PassportRequest } from '../../component/requests.ts';
import { passportKeyPath, passportPath } from '../layout.ts';
import type { PkiSettings } from '../settings.ts';
import { leafLifetime } from '../validity.ts';
import { newKeyPair, privateKeyPem } from '../x509/keys.ts';
import { claimsOf, readPassport, signedText, withSignature } from './text.ts';

/**
 * The algorithm of the key that signs passports. Always ECDSA P-256, whatever `pki.algorithm` says: OpenSSL 1.0.2 to
 * 3.x verify it by `openssl dgst -sha256 -verify`, and a signature has 96 characters.
 */
export const passportAlgorithm = 'ecdsa-p256';

export async function newPassportKey(): Promise<readonly [path: string, text: string]> {
  const { privateKey } = await newKeyPair(passportAlgorithm);
  return [passportKeyPath, privateKeyPem(privateKey)];
}

interface Signer {
  /** PEM of the signing key. */
  readonly keyPem: string;
  readonly settings: PkiSettings;
  readonly now: Date;
  /** The previous passport, if any. */
  readonly earlier: string | undefined;
}

/** A passport with the lifetime of a certificate. Its generation increases only if its content changes. */
export function newPassport(request: PassportRequest, signer: Signer): readonly [path: string, text: string] {
  const { keyPem, settings, now, earlier } = signer;
  const claims = claimsOf(request);
  const before = earlier === undefined ? undefined : readPassport(earlier)?.passport;
  const step = before?.claims === claims ? 0 : 1;
  const text = signedText({
    claims,
    generation: (before?.generation ?? 0) + step,
    notAfter: leafLifetime(`passport-${request.id}`, now, settings.certificateValidityHours).notAfter,
  });
  return [passportPath(request.id), withSignature(text, sign('sha256', Buffer.from(text), createPrivateKey(keyPem)))];
}
