import { UserMistake } from '../base/failure.ts';
import type { Cluster, ClusterNode, Role } from '../model/cluster.ts';

/** How the user names nodes on the command line. */
export interface NodeChoice {
  readonly role?: string;
  readonly index?: string;
  readonly node?: string;
  readonly pool?: string;
  readonly all?: boolean;
}

function mistake(code: string, message: string, hint: string): UserMistake {
  return new UserMistake([{ severity: 'error', code, message, hint }]);
}

const roles: readonly Role[] = ['master', 'worker', 'etcd', 'balancer'];

/** Everything that can be rendered: machines with addresses, and one for each pool. */
export function everyNode(cluster: Cluster): readonly ClusterNode[] {
  return [...cluster.nodes, ...cluster.pools];
}

/** The nodes that the choice names; one, unless `--all`. */
export function pickNodes(cluster: Cluster, choice: NodeChoice): readonly ClusterNode[] {
  if (choice.all) return everyNode(cluster);
  if (choice.pool !== undefined) return [byPool(cluster, choice)];
  if (choice.node !== undefined) return [byName(cluster, choice.node)];
  if (choice.role === undefined) {
    throw mistake('no-node', 'which node?', 'give --role and --index, or --node NAME, or --all');
  }
  const role = roles.find((one) => one === choice.role);
  if (role === undefined)
    throw mistake('unknown-role', `there is no role '${choice.role}'`, `roles: ${roles.join(', ')}`);
  const nodes = cluster.nodes.filter((node) => node.role === role);
  if (nodes.length === 0)
    throw mistake(
      'role-empty',
      `the cluster file names no ${role} nodes`,
      `add one under nodes.${role === 'etcd' ? 'etcd' : `${role}s`}`,
    );
  const index = choice.index ?? (nodes.length === 1 ? '0' : undefined);
  if (index === undefined)
    throw mistake(
      'no-index',
      `there are ${nodes.length} ${role} nodes: which one?`,
      `give --index 0 to ${nodes.length - 1}, or --all`,
    );
  const node = /^\d+$/.test(index) ? nodes[Number(index)] : undefined;
  if (node === undefined) {
    const range = nodes.length === 1 ? 'only --index 0' : `--index 0 to ${nodes.length - 1}`;
    throw mistake(
      'index-out-of-range',
      `there is no ${role} ${index}`,
      `there is ${range}: ${nodes.map((one) => one.name).join(', ')}`,
    );
  }
  return [node];
}

function byName(cluster: Cluster, name: string): ClusterNode {
  const node = cluster.nodes.find((one) => one.name === name);
  if (node === undefined)
    throw mistake(
      'unknown-node',
      `there is no node '${name}'`,
      `nodes: ${cluster.nodes.map((one) => one.name).join(', ')}`,
    );
  return node;
}

function byPool(cluster: Cluster, { pool, role, index, node }: NodeChoice): ClusterNode {
  if (node !== undefined || index !== undefined || (role !== undefined && role !== 'worker')) {
    throw mistake(
      'pool-and-node',
      "a pool's machines are workers and are all alike",
      'give --pool alone, or with --role worker',
    );
  }
  const found = cluster.pools.find((one) => one.pool?.name === pool);
  if (found !== undefined) return found;
  const names = cluster.pools.map((one) => one.pool?.name);
  const hint = names.length === 0 ? `add it under nodes: pools: {${pool}: {}}` : `pools: ${names.join(', ')}`;
  throw mistake('unknown-pool', `there is no pool '${pool}'`, hint);
}
