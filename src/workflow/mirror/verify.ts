import { UserMistake } from '../../base/failure.ts';
import { demandIndex } from '../../mirror/layout/store-index.ts';
import { expectedOfIndex, expectedOfLock, type Verdict, verifyMirror } from '../../mirror/verify.ts';
import { verifyMessages } from '../../mirror/verify-messages.ts';
import type { Store } from '../../object-store/store.ts';
import type { Surroundings } from '../session.ts';
import { keyOf, lockIfThere } from './lock-file.ts';
import { say } from './messages.ts';

/** Options of a verification. */
export interface Verification {
  /** Read every byte. */
  readonly deep: boolean;
  /** Concurrent artifacts. */
  readonly concurrency: number;
  /** Called with each verdict as soon as it is known. */
  readonly tell: (verdict: Verdict) => void;
}

/** Compares a mirror with the artifact lock, or with its own index if there is no lock. */
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

/** Reads every byte of the files in a mirror's own index. */
export async function verifyByIndex(store: Store, tell: Verification['tell']): Promise<readonly Verdict[]> {
  const { index } = await demandIndex(store);
  return verifyMirror(store, index, expectedOfIndex(index), { deep: true, concurrency: 2, tell });
}

/**
 * @param place of the mirror, as the user knows it.
 * @throws UserMistake naming every artifact that is missing or wrong.
 */
export function demandAllRight(verdicts: readonly Verdict[], place: string): void {
  const bad = verdicts.filter(({ status }) => status !== 'ok');
  if (bad.length === 0) return;
  const list = bad.map(({ label, why }) => `${label}: ${why}`);
  throw new UserMistake([
    {
      severity: 'error',
      ...say('mirror-not-right', { place, count: bad.length, of: verdicts.length, places: list.join('; ') }),
    },
  ]);
}
