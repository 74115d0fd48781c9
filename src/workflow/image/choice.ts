import { optionMistake } from '../../base/failure.ts';
import type { BakedLayer } from '../../image/bake-payload.ts';
import { layerChoices } from '../../image/layers.ts';
import type { ClusterNode } from '../../model/cluster.ts';
import type { ReadCluster } from '../../model/read-cluster.ts';
import { everyNode, pickNodes, roleOf } from '../pick-nodes.ts';
import { say } from './messages.ts';

/** The nodes of an image, and the layers that it contains. */
export interface ImageChoice {
  readonly role?: string;
  readonly pool?: string;
  readonly allRoles?: boolean;
  readonly arch?: string;
  readonly layers?: string;
}

/**
 * Nodes of one architecture.
 * @throws UserMistake
 */
export function chosenNodes({ cluster }: ReadCluster, choice: ImageChoice): readonly ClusterNode[] {
  const { role, pool, allRoles, arch } = choice;
  if (!allRoles && role === undefined && pool === undefined) throw optionMistake('--role', say('no-node/no-nodes'));
  const named = allRoles
    ? everyNode(cluster)
    : pool === undefined
      ? pickRole(role ?? '', cluster)
      : pickNodes(cluster, { pool });
  const nodes = arch === undefined ? named : named.filter((one) => one.arch === arch);
  if (nodes.length === 0) throw optionMistake('--arch', say('no-node/no-node-of-arch', { arch: String(arch) }));
  const archs = [...new Set(nodes.map((one) => one.arch))];
  if (archs.length > 1) throw optionMistake('--arch', say('several-archs', { archs }));
  return nodes;
}

/** Every node and pool of the role; mistakes are reported as in `render`. */
function pickRole(word: string, cluster: ReadCluster['cluster']): readonly ClusterNode[] {
  const role = roleOf(word);
  const pools = cluster.pools.filter((one) => one.role === role);
  if (pools.length === 0) pickNodes(cluster, { role: word, index: '0' });
  return [...cluster.nodes.filter((one) => one.role === role), ...pools];
}

/** @throws UserMistake */
export function chosenLayers({ layers = 'image' }: ImageChoice): readonly BakedLayer[] {
  const chosen = layerChoices.find((one) => one === layers);
  if (chosen !== undefined) return chosen.split(',') as BakedLayer[];
  throw optionMistake('--layers', say('unknown-layers', { text: layers }));
}
