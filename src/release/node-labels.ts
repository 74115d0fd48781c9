import { facts } from './facts.ts';
import { atLeast } from './version.ts';

function isBelow(domain: string, parents: readonly string[]): boolean {
  return parents.some((parent) => domain === parent || domain.endsWith(`.${parent}`));
}

/**
 * Whether kubelet accepts a label through --node-labels. It exits on a key of kubernetes.io or k8s.io outside its
 * allowed set, for example node-role.kubernetes.io/*: those are set through the API (kubelet sources, from 1.16).
 */
export function kubeletMayLabel(minor: string, key: string): boolean {
  const domain = key.includes('/') ? key.slice(0, key.indexOf('/')) : '';
  if (!isBelow(domain, ['kubernetes.io', 'k8s.io'])) return true;
  const { allowed_keys, allowed_namespaces } = facts('kubernetes-configs').kubelet_node_labels;
  // topology.kubernetes.io is in the set from 1.17.
  if (domain === 'topology.kubernetes.io' && !atLeast(minor, '1.17')) return false;
  return allowed_keys.includes(key) || isBelow(domain, allowed_namespaces);
}
