import { sha256 } from '../base/digest.ts';
import type { Cluster } from '../model/cluster.ts';
import type { Memory } from './memory.ts';

/**
 * Generation of the manifests, so that masters can tell which of two renders is newer. It counts only changes of the
 * manifests' inputs, so that an additional worker does not change the masters.
 */
export function generationNow({ generation }: Memory, cluster: Cluster, manifests: string): Memory['generation'] {
  const { kubernetes, network, addons } = cluster.spec;
  const digest = sha256(JSON.stringify([kubernetes, network, addons, cluster.versions, manifests]));
  if (digest === generation.digest) return generation;
  return { number: generation.digest === '' ? generation.number : generation.number + 1, digest };
}
