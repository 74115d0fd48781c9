import { dirname, join } from 'node:path';
import { UserMistake } from '../base/failure.ts';
import type { ResolvedArtifact } from '../component/contract.ts';
import { type Lock, lockFileName, readLock } from '../mirror/lock/lock.ts';
import { resolveArtifacts } from '../mirror/lock/resolve.ts';
import type { ReadCluster } from '../model/read-cluster.ts';
import { type CommandIo, demand } from './io.ts';
import { clusterCatalogue, type PlanNeeds } from './plan-nodes.ts';
import type { RenderOptions } from './render-nodes.ts';

function lockFileOf(read: ReadCluster, options: RenderOptions): string {
  return options.lock ?? join(dirname(read.source.file), lockFileName);
}

/** None where the file is not there. @throws UserMistake for one that is wrong. */
export function lockOf(read: ReadCluster, options: RenderOptions): Lock | undefined {
  const { value, diagnostics } = readLock(lockFileOf(read, options));
  if (value === undefined && diagnostics.length > 0) throw new UserMistake(diagnostics);
  return value;
}

/** What the lock says of the artifacts that the plans need. */
export function lockedArtifacts(
  plans: readonly PlanNeeds[],
  read: ReadCluster,
  options: RenderOptions,
  io: CommandIo,
): ReadonlyMap<string, ResolvedArtifact> {
  const lock = lockOf(read, options);
  const needs = plans.flatMap((plan) => plan.artifacts);
  const unlocked = options.unlocked ?? false;
  const replaceHosts = read.cluster.spec.artifacts.upstreamHosts;
  const settings = { unlocked, lockFile: lockFileOf(read, options), replaceHosts };
  const resolved = demand(resolveArtifacts(needs, clusterCatalogue(read), lock, settings), io);
  return forMirrorsOnly(resolved, read);
}

/** Sites without a way out: nodes learn no upstream URL. */
export function forMirrorsOnly(
  resolved: ReadonlyMap<string, ResolvedArtifact>,
  read: ReadCluster,
): ReadonlyMap<string, ResolvedArtifact> {
  return read.cluster.spec.artifacts.upstream
    ? resolved
    : new Map([...resolved].map(([id, one]) => [id, { ...one, url: '-' }]));
}
