import type { Diagnostic } from '../../base/diagnostic.ts';
import { EnvironmentFailure, UserMistake } from '../../base/failure.ts';
import { ofOption, together } from '../../base/option-mistakes.ts';
import type { ArtifactNeed } from '../../component/artifact.ts';
import type { TransferFailure } from '../../net/failure.ts';
import { WrongBytes } from '../../net/failure.ts';
import { everyNode } from '../pick-nodes.ts';
import { openSession, type Session, type SessionOptions, type Surroundings } from '../session.ts';
import { lockFileOf, lockIfThere } from './lock-file.ts';
import { say } from './messages.ts';

/**
 * Opens the session of the commands about the lock.
 * @throws UserMistake with the mistakes of the cluster file and of the lock together.
 */
export function openLockedSession(options: SessionOptions, around: Surroundings): Session {
  const [session] = together([
    () => openSession(options, around),
    () => ofOption('--lock', () => lockIfThere(lockFileOf(options))),
  ]);
  return session;
}

/** Artifacts of every node: each role, pool and architecture. */
export function clusterNeeds(session: Session): readonly ArtifactNeed[] {
  return session.plans(everyNode(session.read.cluster)).flatMap((plan) => plan.artifacts);
}

/** One failed transfer, in words. */
export interface Failed {
  readonly label: string;
  readonly failure: TransferFailure;
  /** The place in the lock. */
  readonly span?: Diagnostic['span'];
}

/**
 * Ends a command whose transfers failed, reporting all of them. Bytes that contradict the lock are a mistake (exit code
 * 1), other failures are the environment's (3).
 */
export function failedTransfers(failed: readonly Failed[], summary: string, hint: string): Error {
  const details = failed.map(({ label, failure, span }): Diagnostic => {
    const { code, message, hint: remedy } = failure;
    return { severity: 'error', code, message: `${label}: ${message}`, hint: remedy, ...(span && { span }) };
  });
  if (failed.every(({ failure }) => failure instanceof WrongBytes)) return new UserMistake(details);
  return new EnvironmentFailure(say('transfers-failed', { summary, hint }), details);
}
