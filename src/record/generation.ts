import { sha256 } from '../base/digest.ts';
import type { Cluster } from '../model/cluster.ts';
import type { Memory } from './memory.ts';

/**
 * Which of two renders is the newer one, for masters that would apply their manifests. It counts only what the manifests are made
 * of, so that a worker more leaves the masters as they are.
 */
export function generationNow({ generation }: Memory, cluster: Cluster, manifests: string): Memory['generation'] {
  const { kubernetes, network, addons } = cluster.spec;
  const digest = sha256(JSON.stringify([kubernetes, network, addons, cluster.versions, manifests]));
  if (digest === generation.digest) return generation;
  return { number: generation.digest === '' ? generation.number : generation.number + 1, digest };
}
