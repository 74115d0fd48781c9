import type { DataPath } from '../base/diagnostic.ts';
import type { Cluster, ClusterNode } from '../model/cluster.ts';
import type { Contribution } from './contract.ts';

/** Input of a component: the cluster, and the node to plan. */
export interface NodeContext {
  readonly cluster: Cluster;
  readonly node: ClusterNode;
}

/** One component of a node. Returns undefined if the node does not have it. */
export interface Component {
  readonly name: string;
  /** Why it is on a node, for `knode explain`: `keeps the state of the cluster`. */
  readonly purpose: string;
  /** The settings of the cluster file that choose the versions of its artifacts, by the artifact's name. */
  readonly versionSettings?: Readonly<Record<string, DataPath>>;
  contribute(context: NodeContext): Contribution | undefined;
}

/** Runs kubelet and pods: masters and workers. */
export function runsPods(context: NodeContext): boolean {
  return context.node.role === 'master' || context.node.role === 'worker';
}

export function isMaster(context: NodeContext): boolean {
  return context.node.role === 'master';
}
