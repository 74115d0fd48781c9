import type { Cluster, ClusterNode } from './cluster.ts';

/** One of the user's own artifacts, an item of `artifacts.extra`. */
export type OwnArtifact = Cluster['spec']['artifacts']['extra'][number];

/** The artifacts that a node gets. Without roles and pools every node gets them; a pool's machines are also workers. */
export function ownArtifactsOf({ spec }: Pick<Cluster, 'spec'>, node: ClusterNode): readonly OwnArtifact[] {
  return spec.artifacts.extra.filter(({ arch, roles, pools }) => {
    if (arch !== undefined && arch !== node.arch) return false;
    if (roles === undefined && pools === undefined) return true;
    const inPool = node.pool !== undefined && (pools ?? []).includes(node.pool.name);
    return inPool || (roles ?? []).includes(node.role);
  });
}
