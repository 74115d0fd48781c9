import type { ResolvedArtifact } from '../../component/contract.ts';
import { resolveArtifacts } from '../../mirror/lock/resolve.ts';
import type { ReadCluster } from '../../model/read-cluster.ts';
import type { PlanNeeds } from '../plan-nodes.ts';
import { demand, type Session } from '../session.ts';

/** What the lock says of the artifacts that the plans need. */
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

/** Sites without a way out: nodes learn no upstream URL. */
export function forMirrorsOnly(
  resolved: ReadonlyMap<string, ResolvedArtifact>,
  read: ReadCluster,
): ReadonlyMap<string, ResolvedArtifact> {
  return read.cluster.spec.artifacts.upstream
    ? resolved
    : new Map([...resolved].map(([id, one]) => [id, { ...one, url: '-' }]));
}
