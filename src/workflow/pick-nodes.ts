import { optionMistake } from '../base/failure.ts';
import { together } from '../base/option-mistakes.ts';
import type { Cluster, ClusterNode, Role } from '../model/cluster.ts';
import { nodeLists, roleOfWord, roles, wordOfRole } from '../model/schema/nodes.ts';

/** The user's choice of nodes on the command line. */
export interface NodeChoice {
  readonly role?: string;
  readonly index?: string;
  readonly node?: string;
  readonly pool?: string;
  readonly all?: boolean;
}

/** Everything that can be rendered: machines with addresses, and one for each pool. */
export function everyNode(cluster: Cluster): readonly ClusterNode[] {
  return [...cluster.nodes, ...cluster.pools];
}

/**
 * Checks of a choice that do not need the cluster file.
 * @throws UserMistake
 */
export function checkChoice(choice: NodeChoice): void {
  const { all, node, pool, role } = choice;
  if (all) return;
  if (pool !== undefined) demandPoolAlone(choice);
  else if (node === undefined)
    together([() => (role === undefined ? demandRole() : roleOf(role)), () => checkIndex(choice)]);
}

function demandRole(): never {
  throw optionMistake('--role', 'no-node', 'which node?', 'give --role and --index, or --node NAME, or --all');
}

/** @throws UserMistake */
export function roleOf(word: string): Role {
  const role = roleOfWord(word);
  if (role !== undefined) return role;
  const hint = `roles: ${roles.map(wordOfRole).join(', ')}`;
  throw optionMistake('--role', 'unknown-role', `there is no role '${word}'`, hint);
}

function checkIndex({ index, role = 'node' }: NodeChoice): void {
  if (index === undefined || /^\d+$/.test(index)) return;
  throw optionMistake(
    '--index',
    'index-out-of-range',
    `there is no ${role} ${index}`,
    'the first node of a role is --index 0',
  );
}

/** The nodes of the choice; one, unless `--all`. */
export function pickNodes(cluster: Cluster, choice: NodeChoice): readonly ClusterNode[] {
  if (choice.all) return everyNode(cluster);
  if (choice.pool !== undefined) return [byPool(cluster, choice)];
  if (choice.node !== undefined) return [byName(cluster, choice.node)];
  return [byIndex(cluster, choice.role ?? demandRole(), choice.index)];
}

/** @param word the role as the user wrote it, for messages. */
function byIndex(cluster: Cluster, word: string, asked: string | undefined): ClusterNode {
  const role = roleOf(word);
  const nodes = cluster.nodes.filter((node) => node.role === role);
  if (nodes.length === 0)
    throw optionMistake(
      '--role',
      'role-empty',
      `the cluster file names no ${word} nodes`,
      `add one under nodes.${nodeLists[role]}`,
    );
  const index = asked ?? (nodes.length === 1 ? '0' : undefined);
  if (index === undefined)
    throw optionMistake(
      '--index',
      'no-index',
      `there are ${nodes.length} ${word} nodes: which one?`,
      `give --index 0 to ${nodes.length - 1}, or --all`,
    );
  const node = /^\d+$/.test(index) ? nodes[Number(index)] : undefined;
  if (node !== undefined) return node;
  const range = nodes.length === 1 ? 'only --index 0' : `--index 0 to ${nodes.length - 1}`;
  const hint = `there is ${range}: ${nodes.map((one) => one.name).join(', ')}`;
  throw optionMistake('--index', 'index-out-of-range', `there is no ${word} ${index}`, hint);
}

function byName(cluster: Cluster, name: string): ClusterNode {
  const node = cluster.nodes.find((one) => one.name === name);
  if (node !== undefined) return node;
  const hint = `nodes: ${cluster.nodes.map((one) => one.name).join(', ')}`;
  throw optionMistake('--node', 'unknown-node', `there is no node '${name}'`, hint);
}

function demandPoolAlone({ role, index, node }: NodeChoice): void {
  if (node === undefined && index === undefined && (role === undefined || role === 'worker')) return;
  const message = "a pool's machines are workers and are all alike";
  throw optionMistake('--pool', 'pool-and-node', message, 'give --pool alone, or with --role worker');
}

function byPool(cluster: Cluster, choice: NodeChoice): ClusterNode {
  demandPoolAlone(choice);
  const { pool } = choice;
  const found = cluster.pools.find((one) => one.pool?.name === pool);
  if (found !== undefined) return found;
  const names = cluster.pools.map((one) => one.pool?.name);
  const hint = names.length === 0 ? `add it under nodes: pools: {${pool}: {}}` : `pools: ${names.join(', ')}`;
  throw optionMistake('--pool', 'unknown-pool', `there is no pool '${pool}'`, hint);
}
