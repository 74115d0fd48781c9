import type { ResolvedArtifact } from '../../component/artifact.ts';
import { resolveArtifacts } from '../../mirror/lock/resolve.ts';
import type { ReadCluster } from '../../model/read-cluster.ts';
import type { PlanNeeds } from '../plan-nodes.ts';
import { demand, type Session } from '../session.ts';

/** The lock's entries for the artifacts of the plans. */
export function lockedArtifacts(plans: readonly PlanNeeds[], session: Session): ReadonlyMap<string, ResolvedArtifact> {
  const { read, catalogue, lock, lockFile, options } = session;
  const needs = plans.flatMap((plan) => plan.artifacts);
  const settings = {
    unlocked: options.unlocked ?? false,
    lockFile,
    replaceHosts: read.cluster.spec.artifacts.upstreamHosts,
  };
  return forMirrorsOnly(demand(resolveArtifacts(needs, catalogue, lock, settings), session), read);
}

/** For sites without internet access: nodes get no upstream URL. */
export function forMirrorsOnly(
  resolved: ReadonlyMap<string, ResolvedArtifact>,
  read: ReadCluster,
): ReadonlyMap<string, ResolvedArtifact> {
  return read.cluster.spec.artifacts.upstream
    ? resolved
    : new Map([...resolved].map(([id, one]) => [id, { ...one, url: '-' }]));
}
