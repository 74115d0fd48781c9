import { nodePaths } from '../base/node-paths.ts';
import type { Cluster } from '../model/cluster.ts';
import type { Flags } from './arguments.ts';
import { type Component, isMaster } from './context.ts';
import { SecretRef } from './contract.ts';

const configPath = `${nodePaths.kubernetes}/encryption.yaml`;
const secretName = 'encryption-key';
/** Both secretbox (XSalsa20-Poly1305) and aescbc (AES-256) take a key of 32 bytes. */
const keyBytes = 32;

export function encryptionFlags(cluster: Cluster): Flags {
  const off = cluster.spec.kubernetes.apiServer.encryption.provider === 'none';
  return off ? {} : { 'encryption-provider-config': configPath };
}

/** Encryption at rest: new objects are encrypted, old plain ones stay readable (identity last, as in seed 004). */
export const encryption: Component = {
  name: 'encryption',
  contribute(context) {
    const { cluster } = context;
    const { provider, resources } = cluster.spec.kubernetes.apiServer.encryption;
    if (!isMaster(context) || provider === 'none') return undefined;
    const config = {
      apiVersion: cluster.kubernetes.encryptionConfigApiVersion(),
      kind: 'EncryptionConfiguration',
      resources: [
        {
          resources,
          providers: [
            { [provider]: { keys: [{ name: 'key1', secret: new SecretRef(secretName, 'value') }] } },
            { identity: {} },
          ],
        },
      ],
    };
    return {
      secrets: [{ name: secretName, type: 'random', bytes: keyBytes, encoding: 'base64' }],
      files: [
        {
          path: configPath,
          layer: 'cluster',
          secret: true,
          from: ['kubernetes', 'apiServer', 'encryption'],
          content: { kind: 'yaml', documents: [config] },
        },
      ],
    };
  },
};
