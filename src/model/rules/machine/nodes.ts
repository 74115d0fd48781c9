import { formatPath } from '../../../base/diagnostic.ts';
import type { Cluster, ClusterNode } from '../../cluster.ts';
import { eachIntact } from '../../loading/intact.ts';
import { nodePath } from '../../node-path.ts';
import { atKey, error, type Finding, type Rule, warning } from '../rule.ts';
import { say } from './node-messages.ts';

function repeated(cluster: Cluster, field: 'name' | 'address'): Finding[] {
  const seen = new Map<string, ClusterNode>();
  return eachIntact(cluster.nodes, (node) => {
    const earlier = seen.get(node[field]);
    seen.set(node[field], node);
    if (earlier === undefined) return [];
    const where = { value: node[field], other: formatPath(nodePath(earlier)) };
    return [error([...nodePath(node), field], say(`duplicate-${field}`, where))];
  });
}

export const namesAndAddressesDiffer: Rule = (cluster) => [
  ...repeated(cluster, 'name'),
  ...repeated(cluster, 'address'),
];

/** An even number of members tolerates no more failures than one less, and has one more that can fail. */
export const oddEtcd: Rule = ({ spec, etcdMembers }) => {
  const count = etcdMembers.length;
  const path = ['nodes', spec.nodes.etcd.length > 0 ? 'etcd' : 'controlPlane'];
  if (count % 2 === 0) {
    return [warning(path, say('etcd-even', { count }))];
  }
  if (count > 7) return [warning(path, say('etcd-many', { count }))];
  return [];
};

/** If every master is tainted and there is no worker, nothing can run, CoreDNS included. */
export const somewhereToRun: Rule = ({ spec, workers, pools }) => {
  if (workers.length + pools.length > 0 || spec.roles.master.schedulable) return [];
  return [warning(['nodes', 'controlPlane'], say('nothing-schedulable'))];
};

export const endpointIsReachable: Rule = ({ spec }) => {
  const { address, name, loadBalancer } = spec.apiEndpoint;
  const path = ['apiEndpoint'];
  const findings: Finding[] = [];
  if (address === undefined && name === undefined) {
    findings.push(error(path, say('missing')));
  }
  const type = [...path, 'loadBalancer', 'type'];
  if (loadBalancer.type === 'balancer' && spec.nodes.balancers.length === 0) {
    findings.push(error(type, say('no-balancer')));
  }
  if (loadBalancer.type !== 'balancer' && spec.nodes.balancers.length > 0) {
    findings.push(warning(type, say('balancer-unused', { type: loadBalancer.type })));
  }
  return findings;
};

/**
 * kubelet refuses labels that it may not set, so knode sets labels and taints through the API. Role labels are knode's.
 */
export const roleLabelsAreOurs: Rule = (cluster) =>
  eachIntact(cluster.nodes, (node) => {
    if (node.role !== 'etcd' && node.role !== 'balancer') return [];
    if (Object.keys(node.labels).length + node.taints.length === 0) return [];
    return [error(nodePath(node), say('labels-without-node', { name: node.name, role: node.role }))];
  });

/**
 * Labels that a kubelet may not set itself are for named nodes only: all machines of a pool have the same credential.
 */
export const poolLabelsAreOwn: Rule = ({ spec, kubernetes }) =>
  eachIntact(Object.keys(spec.nodes.pools), (pool) =>
    Object.keys(spec.nodes.pools[pool]?.labels ?? {})
      .filter((key) => !kubernetes.kubeletMayLabel(key))
      .map((key) => {
        return atKey(error(['nodes', 'pools', pool, 'labels', key], say('pool-label', { key, pool })));
      }),
  );

/** Pools are named like nodes in the state and in folders. */
export const poolNamesDiffer: Rule = ({ pools, nodes }) =>
  pools.flatMap((pool) => {
    if (!nodes.some((node) => node.name === pool.name)) return [];
    const path = ['nodes', 'pools', pool.pool?.name ?? ''];
    return [error(path, say('duplicate-name/pool', { name: pool.name }))];
  });
