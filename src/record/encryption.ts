import type { Cluster } from '../model/cluster.ts';
import { covers, type EncryptedResource, type EncryptionProvider } from '../model/encryption.ts';
import type { Memory } from './memory.ts';

/** Names for `--allow-change`. */
export const encryptionChanges = {
  /** Every API server can read objects of the new provider. */
  writer: 'kubernetes.apiServer.encryption.provider',
  /** Every object was written again. */
  readers: 'kubernetes.apiServer.encryption.readers',
} as const;

export interface EncryptionStep {
  readonly encryption: readonly EncryptedResource[];
  /** Resources whose new provider is read-only for now. */
  readonly waiting: readonly string[];
  /** Resources that are also read by providers that are not in the file. */
  readonly alsoRead: readonly string[];
}

type Providers = readonly EncryptionProvider[];

/**
 * The providers of each resource after a change, such that no API server meets an object that it cannot read. A
 * provider that was used stays as a reader. A new one is read-only at first: API servers that still run do not know it,
 * and would answer every request for such an object with an error
 * (kubernetes.io/docs/tasks/administer-cluster/encrypt-data, "Rotate a decryption key").
 */
export function encryptionStep(memory: Memory, cluster: Cluster, allowed: readonly string[]): EncryptionStep {
  const known = memory.encryption;
  const resources = new Set([...cluster.encryption.map(({ resource }) => resource), ...Object.keys(known).sort()]);
  // A state without a memory learns; a single API server never meets objects written by another.
  const free =
    Object.keys(memory.fields).length === 0 ||
    cluster.masters.length === 1 ||
    allowed.includes(encryptionChanges.writer);
  const steps = [...resources].map((resource) => {
    const wanted = writerOf(resource, cluster);
    const before: Providers = knownFor(resource, known) ?? (free ? [wanted] : ['identity']);
    const [writer = wanted] = before;
    const readers = allowed.includes(encryptionChanges.readers) ? [] : before;
    // Every API server can read plain objects.
    const waits = wanted !== writer && wanted !== 'identity' && !free;
    const first: Providers = waits ? [writer, wanted] : [wanted];
    const providers = [...first, ...without(readers, ...first)];
    return { resource, wanted, providers, waits };
  });
  const kept = steps.filter(({ providers }) => providers.some((one) => one !== 'identity'));
  return {
    encryption: kept.map(({ resource, providers }) => ({ resource, providers: withoutLastIdentity(providers) })),
    waiting: kept.filter(({ waits }) => waits).map(({ resource }) => resource),
    alsoRead: kept
      .filter(({ waits, wanted, providers }) => !waits && providers.some((one) => one !== wanted && one !== 'identity'))
      .map(({ resource }) => resource),
  };
}

/** A previous pattern may have covered the resource, too. */
function knownFor(resource: string, known: Memory['encryption']): Providers | undefined {
  const pattern = Object.keys(known).find((one) => covers(one, resource));
  return known[resource] ?? (pattern === undefined ? undefined : known[pattern]);
}

function writerOf(resource: string, cluster: Cluster): EncryptionProvider {
  const named = cluster.encryption.find((one) => one.resource === resource);
  const covering = named ?? cluster.encryption.find((one) => covers(one.resource, resource));
  return covering?.providers[0] ?? 'identity';
}

function without(providers: Providers, ...taken: Providers): Providers {
  return providers.filter((one) => !taken.includes(one));
}

/** Plain objects are always readable: `identity` is named only if it writes. */
function withoutLastIdentity(providers: Providers): Providers {
  return providers.filter((one, index) => index === 0 || one !== 'identity');
}
