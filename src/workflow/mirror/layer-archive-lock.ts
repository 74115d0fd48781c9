import { UserMistake } from '../../base/failure.ts';
import type { ArtifactNeed, ResolvedArtifact } from '../../component/artifact.ts';
import { type LayerArchive, layerArchiveKey } from '../../image/layer-archive.ts';
import { artifactId, sortedNeeds } from '../../mirror/catalogue/identity.ts';
import type { ArtifactLock } from '../../mirror/lock/lock.ts';
import { resolveArtifacts } from '../../mirror/lock/resolve.ts';
import { type LockEntry, layerArchiveUrl } from '../../mirror/lock/schema.ts';
import type { LockChange, LockUpdate } from '../../mirror/lock/update.ts';
import { everyNode } from '../pick-nodes.ts';
import type { Session } from '../session.ts';
import { layerArchiveOf, oneOfEach } from './layer-archive.ts';
import { forMirrorsOnly } from './locked-artifacts.ts';

/**
 * The node layer archives of a cluster, each once; empty if user-data contains the image layer. `entries` pin the artifacts that
 * they list.
 */
export function clusterLayerArchives(session: Session, entries: readonly LockEntry[]): readonly LayerArchive[] {
  const { read, catalogue } = session;
  const { payload, upstreamHosts: replaceHosts } = read.cluster.spec.artifacts;
  if (payload === 'user-data') return [];
  const plans = session.plans(oneOfEach(everyNode(read.cluster)));
  const needs = plans.flatMap((plan) => plan.artifacts);
  const lock: ArtifactLock = { file: '', entries };
  const { value, diagnostics } = resolveArtifacts(needs, catalogue, lock, {
    unlocked: false,
    replaceHosts,
  });
  if (value === undefined) throw new UserMistake(diagnostics);
  const resolved = forMirrorsOnly(value, read);
  const made = plans.map((plan) => layerArchiveOf(plan, (need) => known(resolved, need)));
  return [...new Map(made.map((one) => [artifactId(one.need), one])).values()];
}

function known(resolved: ReadonlyMap<string, ResolvedArtifact>, need: ArtifactNeed): ResolvedArtifact {
  const found = resolved.get(artifactId(need));
  if (found === undefined) throw new Error(`${artifactId(need)} was planned but not locked`);
  return found;
}

function layerArchiveEntry({ need, sha256, content }: LayerArchive): LockEntry {
  const { length: size } = content;
  const key = layerArchiveKey(need);
  return { ...need, url: layerArchiveUrl, size, algorithm: 'sha256', checksum: sha256, checksumFrom: 'knode', key };
}

/** A lock with its node layer archives replaced by the current ones. */
export function withLayerArchives(update: LockUpdate, before: readonly LockEntry[], session: Session): LockUpdate {
  const pinned = before.filter((entry) => entry.url === layerArchiveUrl);
  // Some of the artifacts that they list are unknown: the archives stay as they are until all are known.
  if (update.failed.length > 0) return { ...update, entries: sortedNeeds([...update.entries, ...pinned]) };
  const now = clusterLayerArchives(session, update.entries).map(layerArchiveEntry);
  const ids = (list: readonly LockEntry[]) => new Set(list.map(artifactId));
  const [had, has] = [ids(pinned), ids(now)];
  const changes: LockChange[] = [
    ...pinned
      .filter((entry) => !has.has(artifactId(entry)))
      .map((entry): LockChange => ({ action: 'drop', before: entry })),
    ...now.filter((entry) => !had.has(artifactId(entry))).map((entry): LockChange => ({ action: 'add', after: entry })),
  ];
  return { ...update, entries: sortedNeeds([...update.entries, ...now]), changes: [...update.changes, ...changes] };
}
