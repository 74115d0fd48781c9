import { dirname, join } from 'node:path';
import type { Diagnostic } from '../base/diagnostic.ts';
import { EnvironmentFailure, UserMistake } from '../base/failure.ts';
import type { ArtifactNeed } from '../component/contract.ts';
import type { Catalogue } from '../mirror/catalogue.ts';
import type { TransferFailure } from '../mirror/download/failure.ts';
import { WrongBytes } from '../mirror/download/failure.ts';
import { type Lock, lockFileName, readLock } from '../mirror/lock.ts';
import type { ReadCluster } from '../model/read-cluster.ts';
import { type CommandIo, demand, type GlobalOptions } from './io.ts';
import { everyNode } from './pick-nodes.ts';
import { clusterCatalogue, planNodes } from './plan-nodes.ts';
import { readClusterFile } from './read-inputs.ts';

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
  const read = demand(readClusterFile(options.file), io);
  const lockFile = options.lock ?? join(dirname(options.file), lockFileName);
  const report = readLock(lockFile);
  if (report.diagnostics.length > 0) throw new UserMistake(report.diagnostics);
  return { read, lockFile, lock: report.value, catalogue: clusterCatalogue(read) };
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
