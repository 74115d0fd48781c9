import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, sign, verify } from 'node:crypto';
import { promisify } from 'node:util';
import { orUndefined } from './der.ts';

export type KeyAlgorithm = 'ecdsa-p256' | 'rsa-2048' | 'rsa-4096';

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

/** SubjectPublicKeyInfo PEM of a private key in PEM. */
export function publicHalfPem(pem: string): string {
  return publicKeyPem(createPublicKey(pem));
}

/** SubjectPublicKeyInfo PEM. */
export function publicKeyPem(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'pem' }).toString();
}

/** A private key from PEM, or undefined: the reason is OpenSSL's and may quote what it read, so it is not passed on. */
export function readPrivateKey(pem: string): KeyPair | undefined {
  return orUndefined(() => {
    const privateKey = createPrivateKey(pem);
    // OpenSSL reads an EC key whose number is too large, and Node 20 and 22 abort when asked for its curve.
    if (privateKey.asymmetricKeyType !== 'rsa') privateKey.export({ type: 'pkcs8', format: 'der' });
    return { privateKey, publicKey: createPublicKey(privateKey) };
  });
}

/** True if the public key verifies a signature of the private key. OpenSSL also reads keys with a flipped bit. */
export function canSign({ privateKey, publicKey }: KeyPair): boolean {
  const words = Buffer.alloc(32);
  return orUndefined(() => verify('sha256', words, publicKey, sign('sha256', words, privateKey))) ?? false;
}

const curves: Readonly<Record<string, string>> = { prime256v1: 'p256', secp384r1: 'p384', secp521r1: 'p521' };

/** A key's algorithm in knode's terms: `ecdsa-p256`, `ecdsa-p384`, `rsa-2048`; for others OpenSSL's name. */
export function algorithmOf(key: KeyObject): string {
  const details = key.asymmetricKeyDetails;
  if (key.asymmetricKeyType === 'rsa') return `rsa-${details?.modulusLength}`;
  if (key.asymmetricKeyType === 'ec') return `ecdsa-${curves[details?.namedCurve ?? ''] ?? details?.namedCurve}`;
  return key.asymmetricKeyType ?? 'unknown';
}
