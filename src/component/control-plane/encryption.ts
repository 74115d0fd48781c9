import { nodePaths } from '../../base/node-paths.ts';
import type { Cluster } from '../../model/cluster.ts';
import { covers, type EncryptedResource, type EncryptionProvider } from '../../model/encryption.ts';
import type { Flags } from '../build/arguments.ts';
import { type Component, isMaster } from '../context.ts';
import { SecretRef } from '../requests.ts';

const configPath = `${nodePaths.kubernetes}/encryption.yaml`;
const secretName = 'encryption-key';
/** Both secretbox (XSalsa20-Poly1305) and aescbc (AES-256) take a key of 32 bytes. */
const keyBytes = 32;

export function encryptionFlags(cluster: Cluster): Flags {
  return cluster.encryption.length === 0 ? {} : { 'encryption-provider-config': configPath };
}

/** Stored objects begin with the provider's and the key's name, so one key serves several providers. */
function provider(name: EncryptionProvider): object {
  if (name === 'identity') return { identity: {} };
  return { [name]: { keys: [{ name: 'key1', secret: new SecretRef(secretName, 'value') }] } };
}

/** The API server uses the first entry that names a resource, and refuses an entry that an earlier one covers. */
function narrowestFirst(list: readonly EncryptedResource[]): readonly EncryptedResource[] {
  const breadth = ({ resource }: EncryptedResource) => (resource === '*.*' ? 2 : resource.startsWith('*.') ? 1 : 0);
  return [...list].sort((a, b) => breadth(a) - breadth(b));
}

/** Resources with the same providers share an entry, but are never in an entry with a pattern that covers them. */
function entries(list: readonly EncryptedResource[]): object[] {
  const groups: { resources: string[]; providers: readonly EncryptionProvider[] }[] = [];
  for (const { resource, providers } of narrowestFirst(list)) {
    const alike = groups.find(
      (one) => one.providers.join() === providers.join() && !one.resources.some((other) => covers(resource, other)),
    );
    if (alike === undefined) groups.push({ resources: [resource], providers });
    else alike.resources.push(resource);
  }
  return groups.map(({ resources, providers }) => {
    const plain = providers.includes('identity') ? [] : (['identity'] as const);
    return { resources, providers: [...providers, ...plain].map(provider) };
  });
}

/** Encryption at rest: new objects are encrypted, old plain ones stay readable (identity last, as in source document 004). */
export const encryption: Component = {
  name: 'encryption',
  purpose: 'encrypts Secrets before they are stored in etcd',
  contribute(context) {
    const { cluster } = context;
    if (!isMaster(context) || cluster.encryption.length === 0) return undefined;
    const config = {
      apiVersion: cluster.kubernetes.encryptionConfigApiVersion(),
      kind: 'EncryptionConfiguration',
      resources: entries(cluster.encryption),
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
