import { createHash, createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { KeyAlgorithm } from '../settings.ts';
import { bytesOf, decode, items } from './der.ts';

const generate = promisify(generateKeyPair);

export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** A new key pair. Works on libuv's thread pool, so several RSA keys are made at the same time. */
export async function newKeyPair(algorithm: KeyAlgorithm): Promise<KeyPair> {
  if (algorithm === 'ecdsa-p256') return generate('ec', { namedCurve: 'P-256' });
  return generate('rsa', { modulusLength: algorithm === 'rsa-4096' ? 4096 : 2048 });
}

/** PKCS #8 PEM. */
export function privateKeyPem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/**
 * The service-account key for Kubernetes. kube-apiserver takes the public half from the same file, and finds it in an EC key
 * only in SEC 1's own form (client-go, util/keyutil.ParsePublicKeysPEM).
 */
export function serviceAccountPem(pem: string): string {
  const key = createPrivateKey(pem);
  return key.asymmetricKeyType === 'ec' ? key.export({ type: 'sec1', format: 'pem' }).toString() : pem;
}

/** SubjectPublicKeyInfo PEM. */
export function publicKeyPem(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'pem' }).toString();
}

/** A private key from PEM, or undefined: the reason is OpenSSL's and may quote what it read, so it is not passed on. */
export function readPrivateKey(pem: string): KeyPair | undefined {
  try {
    const privateKey = createPrivateKey(pem);
    return { privateKey, publicKey: createPublicKey(privateKey) };
  } catch {
    return undefined;
  }
}

const curves: Readonly<Record<string, string>> = { prime256v1: 'p256', secp384r1: 'p384', secp521r1: 'p521' };

/** A key's algorithm in knode's words: `ecdsa-p256`, `ecdsa-p384`, `rsa-2048`; for the rest OpenSSL's name. */
export function algorithmOf(key: KeyObject): string {
  const details = key.asymmetricKeyDetails;
  if (key.asymmetricKeyType === 'rsa') return `rsa-${details?.modulusLength}`;
  if (key.asymmetricKeyType === 'ec') return `ecdsa-${curves[details?.namedCurve ?? ''] ?? details?.namedCurve}`;
  return key.asymmetricKeyType ?? 'unknown';
}

/** RFC 5280 4.2.1.2 (1): SHA-1 of the public key's bits. An identifier, no protection hangs on it. */
export function keyIdentifier(publicKey: KeyObject): Buffer {
  const spki = decode(publicKey.export({ type: 'spki', format: 'der' }));
  // The first byte of a bit string counts its unused bits.
  const bits = bytesOf(items(spki)[1]).subarray(1);
  return createHash('sha1').update(bits).digest();
}
