import { atLeast } from './version.ts';

/**
 * Cipher suites for TLS 1.2: an ephemeral key for each connection and authenticated encryption, for certificates of
 * either kind of key. Go's http2 requires the first two. The suites of TLS 1.3 are not listed: Go does not allow a
 * choice among them.
 */
const suites = [
  'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
  'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
] as const;
const chacha = ['TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305', 'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305'] as const;

/** ChaCha20's suites have their official names from 1.19 on (component-base/cli/flag/ciphersuites_flag.go, built with Go 1.14). */
export function kubernetesCipherSuites(minor: string): readonly string[] {
  return [...suites, ...chacha.map((name) => (atLeast(minor, '1.19') ? `${name}_SHA256` : name))];
}

/**
 * etcd uses the old names throughout (pkg/tlsutil/cipher_suites.go of 3.3 to 3.6). The flag came with 3.3.7 (etcd 3.3
 * changelog).
 */
export function etcdCipherSuites(version: string): readonly string[] {
  return atLeast(version, '3.3.7') ? [...suites, ...chacha] : [];
}
