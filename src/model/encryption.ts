import type { ClusterFile } from './schema/cluster-file.ts';

/** A way to store objects in etcd; `identity` means without encryption. */
export type EncryptionProvider = 'secretbox' | 'aescbc' | 'identity';

/**
 * The providers of one resource: the first writes, all of them read. `identity` always reads, so it is named only if it
 * writes.
 */
export interface EncryptedResource {
  readonly resource: string;
  readonly providers: readonly EncryptionProvider[];
}

/** The providers in the cluster file. A state that remembers others adds them as readers (`record`). */
export function encryptionOf(file: ClusterFile): readonly EncryptedResource[] {
  const { provider, resources } = file.kubernetes.apiServer.encryption;
  if (provider === 'none') return [];
  return [...new Set(resources)].map((resource) => ({ resource, providers: [provider] }));
}

/** Whether a pattern of the cluster file (`*.apps`, `*.` for the core group, `*.*`) includes the resource. */
export function covers(pattern: string, resource: string): boolean {
  if (pattern === resource || pattern === '*.*') return true;
  const [, group] = /^\*\.(.*)$/.exec(pattern) ?? [];
  return group !== undefined && resource !== '*.*' && group === resource.split('.').slice(1).join('.');
}
