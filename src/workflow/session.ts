import { dirname, join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { type Diagnostic, hasErrors, type Report } from '../base/diagnostic.ts';
import { UserMistake } from '../base/failure.ts';
import type { NodePlan } from '../component/plan.ts';
import { planNode } from '../component/plan-node.ts';
import type { ReadOptions } from '../component/read-cluster.ts';
import type { Catalogue } from '../mirror/catalogue/catalogue.ts';
import type { ArtifactLock } from '../mirror/lock/lock.ts';
import type { ClusterNode } from '../model/cluster.ts';
import type { ReadCluster } from '../model/read-cluster.ts';
import type { PkiSettings } from '../pki/settings.ts';
import { localState } from '../state/local-state.ts';
import type { StateStore } from '../state/store.ts';
import { lockFileOf, lockIfThere } from './mirror/lock-file.ts';
import { pkiSettings } from './pki/settings.ts';
import { clusterCatalogue, type PlanNeeds, reportNeeds, reportPlans, withoutMistakes } from './plan-nodes.ts';
import { readClusterFile } from './read-inputs.ts';

/** Receives a workflow's output beside its result. */
export interface Notices {
  /** Warnings, each with its remedy. */
  warn(diagnostics: readonly Diagnostic[]): void;
  /** One sentence for people, without the program's name and without a newline. */
  tell(text: string): void;
}

/** A run's access to its surroundings. Tests pass their own. */
export interface Surroundings {
  readonly clock: Clock;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly notices: Notices;
}

/** Options for the input of a run, and its treatment of the state. */
export interface SessionOptions {
  /** The cluster file. */
  readonly file: string;
  /** The state directory; default `.knode` beside the cluster file. */
  readonly state?: string;
  /** From now on accept the state as the cluster's own, even if other keys are tracked. */
  readonly newState?: boolean;
  /** Do not compare the state with tracked keys, and do not track its keys. */
  readonly untrackedState?: boolean;
  /** The artifact lock; default `knode.lock.yaml` beside the cluster file. */
  readonly lock?: string;
  /** Continue without pins that the lock lacks. */
  readonly unlocked?: boolean;
  /** Fixed settings that the user changes on purpose, by name. */
  readonly allowChange?: readonly string[];
  readonly dryRun?: boolean;
}

/**
 * One run over one cluster file. Content that is expensive, or must not change during the run, is read or made once, on
 * first use.
 */
export interface Session extends Surroundings {
  readonly options: SessionOptions;
  readonly read: ReadCluster;
  /** knode's artifacts, and those of the cluster file. */
  readonly catalogue: Catalogue;
  readonly lockFile: string;
  /** Undefined if the file does not exist. Reading an invalid lock throws UserMistake. */
  readonly lock: ArtifactLock | undefined;
  readonly stateDirectory: string;
  readonly state: StateStore;
  readonly pki: PkiSettings;
  /** The plan of a node that was already planned without errors. */
  plan(node: ClusterNode): NodePlan;
  /** @throws UserMistake with all errors in the plans of these nodes. */
  plans(nodes: readonly ClusterNode[]): readonly NodePlan[];
  /**
   * The requirements of these nodes' plans, for clusters whose full plans do not fit into memory.
   * @throws UserMistake
   */
  needs(nodes: readonly ClusterNode[]): readonly PlanNeeds[];
}

/**
 * Reads the cluster file and begins a session over it.
 * @throws UserMistake with all errors in the file.
 */
export function openSession(options: SessionOptions, around: Surroundings, reading: ReadOptions = {}): Session {
  return sessionOf(demand(readClusterFile(options.file, reading), around), options, around);
}

/** A session over a cluster file that was already read. */
export function sessionOf(read: ReadCluster, options: SessionOptions, around: Surroundings): Session {
  const { clock, randomBytes, notices } = around;
  const stateDirectory = stateDirectoryOf(options);
  const lockFile = lockFileOf(options);
  const notice = (text: string) => notices.tell(text);
  const catalogue = once(() => clusterCatalogue(read));
  const lock = once(() => lockIfThere(lockFile));
  const state = once(() => localState({ directory: stateDirectory, cluster: read.cluster.name, clock, notice }));
  const pki = once(() => pkiSettings(read));
  const kept = new Map<ClusterNode, NodePlan>();
  return {
    clock,
    randomBytes,
    notices,
    options,
    read,
    lockFile,
    stateDirectory,
    get catalogue() {
      return catalogue();
    },
    get lock() {
      return lock();
    },
    get state() {
      return state();
    },
    get pki() {
      return pki();
    },
    plan: (node) => kept.get(node) ?? planAgain(read, node),
    plans: (nodes) => withoutMistakes(reportPlans(read, nodes, kept)),
    needs: (nodes) => withoutMistakes(reportNeeds(read, nodes, kept)),
  };
}

/** `.knode` as the user would name it. */
export function stateDirectoryOf({ file, state }: SessionOptions): string {
  return state ?? join(dirname(file), '.knode');
}

function planAgain(read: ReadCluster, node: ClusterNode): NodePlan {
  const { value } = planNode(read.cluster, node);
  if (value === undefined) throw new Error(`${node.name} is planned with mistakes`);
  return value;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/**
 * The value of a report, after its warnings were reported.
 * @throws UserMistake with all errors.
 */
export function demand<T>(report: Report<T>, { notices }: Pick<Surroundings, 'notices'>): T {
  if (hasErrors(report.diagnostics) || report.value === undefined) throw new UserMistake(report.diagnostics);
  notices.warn(report.diagnostics);
  return report.value;
}
