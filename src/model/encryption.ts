import type { ClusterFile } from './schema/cluster-file.ts';

/** A way to keep objects in etcd; `identity` is without encryption. */
export type EncryptionProvider = 'secretbox' | 'aescbc' | 'identity';

/** How one resource is kept: the first provider writes, all of them read. `identity` always reads, so it is named only first. */
export interface EncryptedResource {
  readonly resource: string;
  readonly providers: readonly EncryptionProvider[];
}

/** What the cluster file alone asks for. A state that remembers other providers adds them as readers (`record`). */
export function encryptionOf(file: ClusterFile): readonly EncryptedResource[] {
  const { provider, resources } = file.kubernetes.apiServer.encryption;
  if (provider === 'none') return [];
  return [...new Set(resources)].map((resource) => ({ resource, providers: [provider] }));
}

/** Whether a pattern of the cluster file (`*.apps`, `*.` for the core group, `*.*`) holds the resource too. */
export function covers(pattern: string, resource: string): boolean {
  if (pattern === resource || pattern === '*.*') return true;
  const [, group] = /^\*\.(.*)$/.exec(pattern) ?? [];
  return group !== undefined && resource !== '*.*' && group === resource.split('.').slice(1).join('.');
}
