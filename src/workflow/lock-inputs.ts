import type { Diagnostic } from '../base/diagnostic.ts';
import { EnvironmentFailure, UserMistake } from '../base/failure.ts';
import { ofOption, together } from '../base/option-mistakes.ts';
import type { ArtifactNeed } from '../component/contract.ts';
import type { Catalogue } from '../mirror/catalogue/catalogue.ts';
import type { Lock } from '../mirror/lock/lock.ts';
import type { ReadCluster } from '../model/read-cluster.ts';
import type { TransferFailure } from '../net/failure.ts';
import { WrongBytes } from '../net/failure.ts';
import { type CommandIo, demand, type GlobalOptions } from './io.ts';
import { everyNode } from './pick-nodes.ts';
import { clusterCatalogue, planNodes } from './plan-nodes.ts';
import { readClusterFile } from './read-inputs.ts';
import { lockFileOf, lockIfThere } from './several-locks.ts';

export interface MirrorOptions extends GlobalOptions {
  readonly lock?: string;
}

/** What the commands about the lock begin with. */
export interface MirrorInputs {
  readonly read: ReadCluster;
  readonly catalogue: Catalogue;
  readonly lockFile: string;
  /** Absent where there is no lock yet. */
  readonly lock: Lock | undefined;
}

export function readMirrorInputs(options: MirrorOptions, io: CommandIo): MirrorInputs {
  const lockFile = lockFileOf(options);
  const [read, lock] = together([
    () => demand(readClusterFile(options.file), io),
    () => ofOption('--lock', () => lockIfThere(lockFile)),
  ]);
  return { read, lockFile, lock, catalogue: clusterCatalogue(read) };
}

/** Artifacts of every node: each role, pool and architecture. */
export function clusterNeeds(read: ReadCluster): readonly ArtifactNeed[] {
  return planNodes(read, everyNode(read.cluster)).flatMap((plan) => plan.artifacts);
}

/** One transfer that did not work out, in words. */
export interface Failed {
  readonly label: string;
  readonly failure: TransferFailure;
  /** Where the lock names it. */
  readonly span?: Diagnostic['span'];
}

/**
 * Ends a command whose transfers failed: all of them are told. Bytes that contradict the lock are somebody's mistake (exit code 1),
 * the rest is the environment's failure (3).
 */
export function failedTransfers(failed: readonly Failed[], summary: string, hint: string): Error {
  const details = failed.map(({ label, failure, span }): Diagnostic => {
    const { code, message, hint: remedy } = failure;
    return { severity: 'error', code, message: `${label}: ${message}`, hint: remedy, ...(span && { span }) };
  });
  if (failed.every(({ failure }) => failure instanceof WrongBytes)) return new UserMistake(details);
  return new EnvironmentFailure('transfers-failed', summary, hint, details);
}
