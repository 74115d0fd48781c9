import type { Cluster, ClusterNode } from './cluster.ts';

/** An artifact of the user's own, as it stands in `artifacts.extra`. */
export type OwnArtifact = Cluster['spec']['artifacts']['extra'][number];

/** Those that a node gets. Without roles and pools it is every node's; a pool's machines are workers, too. */
export function ownArtifactsOf({ spec }: Pick<Cluster, 'spec'>, node: ClusterNode): readonly OwnArtifact[] {
  return spec.artifacts.extra.filter(({ arch, roles, pools }) => {
    if (arch !== undefined && arch !== node.arch) return false;
    if (roles === undefined && pools === undefined) return true;
    const inPool = node.pool !== undefined && (pools ?? []).includes(node.pool.name);
    return inPool || (roles ?? []).includes(node.role);
  });
}
