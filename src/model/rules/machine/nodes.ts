import { formatPath } from '../../../base/diagnostic.ts';
import type { Cluster, ClusterNode } from '../../cluster.ts';
import { eachIntact } from '../../intact.ts';
import { nodePath } from '../../node-path.ts';
import { atKey, error, type Finding, type Rule, warning } from '../rule.ts';

function repeated(cluster: Cluster, field: 'name' | 'address', code: string): Finding[] {
  const seen = new Map<string, ClusterNode>();
  return eachIntact(cluster.nodes, (node) => {
    const earlier = seen.get(node[field]);
    seen.set(node[field], node);
    if (earlier === undefined) return [];
    const message = `${field} ${node[field]} is used twice: ${formatPath(nodePath(earlier))} has it too`;
    return [
      error(
        [...nodePath(node), field],
        code,
        message,
        `give every node ${field === 'name' ? 'a name' : 'an address'} of its own`,
      ),
    ];
  });
}

export const namesAndAddressesDiffer: Rule = (cluster) => [
  ...repeated(cluster, 'name', 'duplicate-name'),
  ...repeated(cluster, 'address', 'duplicate-address'),
];

/** An even number of members tolerates no more failures than one less, and has one more that can fail. */
export const oddEtcd: Rule = ({ spec, etcdMembers }) => {
  const count = etcdMembers.length;
  const path = ['nodes', spec.nodes.etcd.length > 0 ? 'etcd' : 'controlPlane'];
  if (count % 2 === 0) {
    const message = `${count} etcd members survive no more failures than ${count - 1}`;
    return [warning(path, 'etcd-even', message, `use ${count - 1} or ${count + 1}`)];
  }
  if (count > 7)
    return [
      warning(path, 'etcd-many', `${count} etcd members slow every write down`, 'use dedicated etcd nodes, at most 7'),
    ];
  return [];
};

/** With every master tainted and no worker, nothing can run, CoreDNS included. */
export const somewhereToRun: Rule = ({ spec, workers, pools }) => {
  if (workers.length + pools.length > 0 || spec.roles.master.schedulable) return [];
  const hint = 'add workers, or let masters run pods: roles: {master: {schedulable: true}}';
  return [
    warning(
      ['nodes', 'controlPlane'],
      'nothing-schedulable',
      'no node runs ordinary pods: there are no workers, and masters are tainted',
      hint,
    ),
  ];
};

export const endpointIsReachable: Rule = ({ spec }) => {
  const { address, name, loadBalancer } = spec.apiEndpoint;
  const path = ['apiEndpoint'];
  const findings: Finding[] = [];
  if (address === undefined && name === undefined) {
    findings.push(
      error(
        path,
        'missing',
        "'apiEndpoint' needs an address or a name",
        'give the virtual address, the load balancer’s address or its DNS name',
      ),
    );
  }
  const type = [...path, 'loadBalancer', 'type'];
  if (loadBalancer.type === 'balancer' && spec.nodes.balancers.length === 0) {
    findings.push(
      error(
        type,
        'no-balancer',
        "the load balancer is 'balancer', but there is no balancer node",
        'add one: nodes: {balancers: [{name: lb1, address: 10.0.0.10}]}',
      ),
    );
  }
  if (loadBalancer.type !== 'balancer' && spec.nodes.balancers.length > 0) {
    const hint = "let nodes use them: apiEndpoint: {loadBalancer: {type: balancer}}, or leave them to people's traffic";
    findings.push(
      warning(
        type,
        'balancer-unused',
        `there are balancer nodes, but nodes use the '${loadBalancer.type}' load balancer`,
        hint,
      ),
    );
  }
  return findings;
};

/** kubelet refuses a mark that it may not set; so knode sets labels and taints through the API. Role labels are knode's. */
export const roleLabelsAreOurs: Rule = (cluster) =>
  eachIntact(cluster.nodes, (node) => {
    if (node.role !== 'etcd' && node.role !== 'balancer') return [];
    if (Object.keys(node.labels).length + node.taints.length === 0) return [];
    const message = `${node.name} is no Kubernetes node: labels and taints have no effect on ${node.role} nodes`;
    return [error(nodePath(node), 'labels-without-node', message, 'remove them')];
  });

/** What a kubelet may not give itself stays with named nodes: all machines of a pool hold the same credential. */
export const poolLabelsAreOwn: Rule = ({ spec, kubernetes }) =>
  eachIntact(Object.keys(spec.nodes.pools), (pool) =>
    Object.keys(spec.nodes.pools[pool]?.labels ?? {})
      .filter((key) => !kubernetes.kubeletMayLabel(key))
      .map((key) => {
        const message = `a kubelet may not give itself the label ${key}, and the nodes of pool ${pool} have no other way to it`;
        return atKey(
          error(['nodes', 'pools', pool, 'labels', key], 'pool-label', message, 'use a key of your own domain'),
        );
      }),
  );

/** Pools are named like nodes in the state and in folders. */
export const poolNamesDiffer: Rule = ({ pools, nodes }) =>
  pools.flatMap((pool) => {
    if (!nodes.some((node) => node.name === pool.name)) return [];
    const path = ['nodes', 'pools', pool.pool?.name ?? ''];
    return [
      error(
        path,
        'duplicate-name',
        `a node is called ${pool.name}, as this pool is in the state`,
        'rename one of them',
      ),
    ];
  });
