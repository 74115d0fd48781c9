import type { Diagnostic } from '../../base/diagnostic.ts';
import { nearest } from '../../base/nearest.ts';
import type { ArtifactNeed } from '../../component/artifact.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { artifactId, artifactLabel, sortedNeeds } from '../catalogue/identity.ts';
import { type UpstreamFile, upstreamFile } from '../catalogue/upstream-file.ts';
import { pinsOtherImage } from '../container-images/reference.ts';
import { say } from '../messages.ts';
import { type ArtifactLock, entrySpan } from './lock.ts';
import { type LockEntry, layerArchiveUrl } from './schema.ts';

/**
 * Work for one entry. `complete` keeps the pin and adds fields that a lock of an older knode lacks (size, key, sha256
 * beside sha512), or updates the source of one of the user's own artifacts from the cluster file.
 */
export interface LockTask {
  readonly action: 'add' | 'update' | 'complete';
  readonly need: ArtifactNeed;
  readonly upstream: UpstreamFile;
  /** The current entry of the lock. */
  readonly pin?: LockEntry;
}

export interface LockPlan {
  readonly tasks: readonly LockTask[];
  /** Already complete. */
  readonly kept: readonly LockEntry[];
  /** No node needs them. Node layer archives are not included: knode makes them again. */
  readonly unneeded: readonly LockEntry[];
}

export interface LockWishes {
  readonly needs: readonly ArtifactNeed[];
  readonly catalogue: Catalogue;
  readonly lock: ArtifactLock | undefined;
  /** Names of artifacts whose checksums are requested from upstream again. */
  readonly update: readonly string[];
}

/** The work that makes a lock complete for a cluster. An existing entry is replaced only if its name is in `update`. */
export function planLock({ needs, catalogue, lock, update }: LockWishes): LockPlan {
  const pins = new Map(lock?.entries.map((entry) => [artifactId(entry), entry]));
  const [tasks, kept]: [LockTask[], LockEntry[]] = [[], []];
  for (const need of sortedNeeds(needs)) {
    const upstream = upstreamFile(need, catalogue);
    const pin = pins.get(artifactId(need));
    if (pin === undefined) tasks.push({ action: 'add', need, upstream });
    // A file contains its image's name: another name is another file.
    else if (update.includes(need.name) || pinsOtherImage(pin.url, upstream.url))
      tasks.push({ action: 'update', need, upstream, pin });
    else if (isWhole(pin, upstream)) kept.push(pin);
    else tasks.push({ action: 'complete', need, upstream, pin });
  }
  const needed = new Set(needs.map(artifactId));
  const others = (lock?.entries ?? []).filter((entry) => !needed.has(artifactId(entry)));
  const unneeded = others.filter((entry) => entry.url !== layerArchiveUrl);
  return { tasks, kept, unneeded };
}

function isWhole(pin: LockEntry, upstream: UpstreamFile): boolean {
  const moved = upstream.own !== undefined && pin.url !== upstream.url;
  return pin.algorithm === 'sha256' && pin.size !== undefined && pin.key !== undefined && !moved;
}

/** Names to update that no node needs, and pins of the user's own artifacts that contradict the cluster file. */
export function checkLockWishes(wishes: LockWishes): Diagnostic[] {
  const { needs, catalogue, lock, update } = wishes;
  const names = [...new Set(needs.map((need) => need.name))];
  const unknown = update
    .filter((name) => !names.includes(name))
    .map((name): Diagnostic => {
      const near = nearest(name, names);
      return { severity: 'error', ...say('unknown-artifact', { name, near, names: names.sort(), word: near }) };
    });
  const pins = new Map(lock?.entries.map((entry) => [artifactId(entry), entry]));
  const differing = sortedNeeds(needs).flatMap((need) => {
    const pin = pins.get(artifactId(need));
    const { own } = upstreamFile(need, catalogue);
    if (lock === undefined || pin === undefined || own === undefined || update.includes(need.name)) return [];
    return pin.algorithm === 'sha256' && pin.checksum !== own.sha256 ? [explainOther(pin, own.sha256, lock)] : [];
  });
  return [...unknown, ...differing];
}

/** The lock and the cluster file have different checksums of the user's own artifact. */
export function explainOther(pin: LockEntry, own: string, lock: ArtifactLock): Diagnostic {
  const span = entrySpan(lock, pin, pin.algorithm);
  return {
    severity: 'error',
    ...say('lock-differs', {
      file: lock.file,
      label: artifactLabel(pin),
      locked: pin.checksum,
      wanted: own,
      name: pin.name,
    }),
    ...(span && { span }),
  };
}
