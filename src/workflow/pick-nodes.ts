import { optionMistake } from '../base/failure.ts';
import { together } from '../base/option-mistakes.ts';
import type { Cluster, ClusterNode, Role } from '../model/cluster.ts';
import { nodeLists, roleOfWord, roles, wordOfRole } from '../model/roles.ts';
import { say } from './messages.ts';

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
  throw optionMistake('--role', say('no-node/demand-role'));
}

/** @throws UserMistake */
export function roleOf(word: string): Role {
  const role = roleOfWord(word);
  if (role !== undefined) return role;
  throw optionMistake('--role', say('unknown-role', { word, roles: roles.map(wordOfRole) }));
}

function checkIndex({ index, role = 'node' }: NodeChoice): void {
  if (index === undefined || /^\d+$/.test(index)) return;
  throw optionMistake('--index', say('index-out-of-range/check-index', { role, index }));
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
  if (nodes.length === 0) throw optionMistake('--role', say('role-empty', { word, nodeLists: nodeLists[role] }));
  const index = asked ?? (nodes.length === 1 ? '0' : undefined);
  if (index === undefined) throw optionMistake('--index', say('no-index', { count: nodes.length, word }));
  const node = /^\d+$/.test(index) ? nodes[Number(index)] : undefined;
  if (node !== undefined) return node;
  throw optionMistake(
    '--index',
    say('index-out-of-range/by-index', { word, index, count: nodes.length, names: nodes.map((one) => one.name) }),
  );
}

function byName(cluster: Cluster, name: string): ClusterNode {
  const node = cluster.nodes.find((one) => one.name === name);
  if (node !== undefined) return node;
  throw optionMistake('--node', say('unknown-node', { name, names: cluster.nodes.map((one) => one.name) }));
}

function demandPoolAlone({ role, index, node }: NodeChoice): void {
  if (node === undefined && index === undefined && (role === undefined || role === 'worker')) return;
  throw optionMistake('--pool', say('pool-and-node'));
}

function byPool(cluster: Cluster, choice: NodeChoice): ClusterNode {
  demandPoolAlone(choice);
  const { pool } = choice;
  const found = cluster.pools.find((one) => one.pool?.name === pool);
  if (found !== undefined) return found;
  const names = cluster.pools.map((one) => one.pool?.name ?? '');
  throw optionMistake('--pool', say('unknown-pool', { pool, count: names.length, names }));
}
