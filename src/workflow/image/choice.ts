import { optionMistake } from '../../base/failure.ts';
import type { BakedLayer } from '../../image/bake-payload.ts';
import { messages } from '../../image/messages.ts';
import type { ClusterNode } from '../../model/cluster.ts';
import type { ReadCluster } from '../../model/read-cluster.ts';
import { everyNode, pickNodes } from '../pick-nodes.ts';

/** For which nodes an image is, and what of them it carries. */
export interface ImageChoice {
  readonly role?: string;
  readonly pool?: string;
  readonly allRoles?: boolean;
  readonly arch?: string;
  readonly layers?: string;
}

/** Nodes of one architecture. @throws UserMistake */
export function chosenNodes({ cluster }: ReadCluster, choice: ImageChoice): readonly ClusterNode[] {
  const { role, pool, allRoles, arch } = choice;
  if (!allRoles && role === undefined && pool === undefined)
    throw optionMistake('--role', 'no-node', messages.noNodes, messages.noNodesHint);
  const named = allRoles
    ? everyNode(cluster)
    : pool === undefined
      ? [...pickRole(choice, cluster), ...cluster.pools.filter((one) => one.role === role)]
      : pickNodes(cluster, { pool });
  const nodes = arch === undefined ? named : named.filter((one) => one.arch === arch);
  if (nodes.length === 0)
    throw optionMistake('--arch', 'no-node', messages.noNodeOfArch(String(arch)), messages.severalArchsHint);
  const archs = [...new Set(nodes.map((one) => one.arch))];
  if (archs.length > 1)
    throw optionMistake('--arch', 'several-archs', messages.severalArchs(archs), messages.severalArchsHint);
  return nodes;
}

/** Every node of the role; its mistakes are told as those of `render`. */
function pickRole({ role = '' }: ImageChoice, cluster: ReadCluster['cluster']): readonly ClusterNode[] {
  const hasPool = cluster.pools.some((one) => one.role === role);
  if (!hasPool) pickNodes(cluster, { role, index: '0' });
  return cluster.nodes.filter((one) => one.role === role);
}

/** @throws UserMistake */
export function chosenLayers({ layers = 'image' }: ImageChoice): readonly BakedLayer[] {
  if (layers === 'image') return ['image'];
  if (layers === 'image,cluster') return ['image', 'cluster'];
  throw optionMistake('--layers', 'unknown-layers', messages.badLayers(layers), messages.badLayersHint);
}
