import type { Diagnostic } from '../base/diagnostic.ts';
import { EnvironmentFailure } from '../base/failure.ts';
import { foreignState } from './pki/authorities.ts';
import { recallFrom } from './recall.ts';
import type { Session } from './session.ts';

/** What the state knows of the cluster. Where there is none, as in a pipeline that holds no keys, there is nothing to compare. */
export async function checkState(session: Session): Promise<readonly Diagnostic[]> {
  const { untrackedState, newState } = session.options;
  try {
    const stored = await session.state.read();
    if (stored.revision === 0) return [];
    const foreign = untrackedState || newState ? [] : foreignState(session, stored);
    return [...foreign, ...recallFrom(stored, session).diagnostics];
  } catch (failure) {
    // The file is not wrong because the state cannot be read: a render says more.
    if (!(failure instanceof EnvironmentFailure)) throw failure;
    const { code, message, hint } = failure;
    return [{ severity: 'warning', code, message, ...(hint === undefined ? {} : { hint }) }];
  }
}
