import { UserMistake } from '../../base/failure.ts';
import { demandIndex } from '../../mirror/layout/store-index.ts';
import { expectedOfIndex, expectedOfLock, type Verdict, verifyMirror } from '../../mirror/verify.ts';
import { verifyMessages } from '../../mirror/verify-messages.ts';
import type { Store } from '../../object-store/store.ts';
import type { Surroundings } from '../session.ts';
import { keyOf, lockIfThere } from './lock-file.ts';

/** How a mirror is verified. */
export interface Verification {
  /** Read every byte. */
  readonly deep: boolean;
  /** Artifacts at a time. */
  readonly concurrency: number;
  /** Takes each verdict as it is reached. */
  readonly tell: (verdict: Verdict) => void;
}

/** Holds a mirror against the artifact lock, or against its own index where there is no such file. */
export async function verifyByLock(
  store: Store,
  lockFile: string,
  how: Verification,
  { notices }: Pick<Surroundings, 'notices'>,
): Promise<readonly Verdict[]> {
  const lock = lockIfThere(lockFile);
  if (lock === undefined) notices.tell(verifyMessages.noLock(lockFile));
  const { index } = await demandIndex(store);
  const expected = lock === undefined ? expectedOfIndex(index) : expectedOfLock(lock.entries, keyOf);
  return verifyMirror(store, index, expected, how);
}

/** Reads every byte that a mirror's own index names. */
export async function verifyByIndex(store: Store, tell: Verification['tell']): Promise<readonly Verdict[]> {
  const { index } = await demandIndex(store);
  return verifyMirror(store, index, expectedOfIndex(index), { deep: true, concurrency: 2, tell });
}

/** @param place of the mirror, as the user knows it. @throws UserMistake that names every artifact that is missing or wrong. */
export function demandAllRight(verdicts: readonly Verdict[], place: string): void {
  const bad = verdicts.filter(({ status }) => status !== 'ok');
  if (bad.length === 0) return;
  const list = bad.map(({ label, why }) => `${label}: ${why}`);
  const message = `${verifyMessages.failed(place, bad.length, verdicts.length)}: ${list.join('; ')}`;
  throw new UserMistake([{ severity: 'error', code: 'mirror-not-right', message, hint: verifyMessages.failedHint }]);
}
