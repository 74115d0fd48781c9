import type { Diagnostic } from '../base/diagnostic.ts';
import { EnvironmentFailure } from '../base/failure.ts';
import { foreignState } from './pki/authorities.ts';
import { recallFrom } from './recall.ts';
import type { Session } from './session.ts';

/** Findings from the state. If there is none, as in a pipeline without keys, there is nothing to compare. */
export async function checkState(session: Session): Promise<readonly Diagnostic[]> {
  const { untrackedState, newState } = session.options;
  try {
    const stored = await session.state.read();
    if (stored.revision === 0) return [];
    const foreign = untrackedState || newState ? [] : foreignState(session, stored);
    return [...foreign, ...recallFrom(stored, session).diagnostics];
  } catch (failure) {
    // An unreadable state does not make the file wrong: a render reports more.
    if (!(failure instanceof EnvironmentFailure)) throw failure;
    const { code, message, hint } = failure;
    return [{ severity: 'warning', code, message, ...(hint === undefined ? {} : { hint }) }];
  }
}
