import type { Diagnostic } from '../base/diagnostic.ts';
import { EnvironmentFailure } from '../base/failure.ts';
import type { ReadCluster } from '../model/read-cluster.ts';
import { foreignState } from './authorities.ts';
import type { CommandIo } from './io.ts';
import { openState, pkiSettings } from './issue.ts';
import { type RecallOptions, recallFrom } from './recall.ts';

/** What the state knows of the cluster. Where there is none, as in a pipeline that holds no keys, there is nothing to compare. */
export async function checkState(
  read: ReadCluster,
  options: RecallOptions,
  io: CommandIo,
): Promise<readonly Diagnostic[]> {
  try {
    const stored = await openState(read, options, io).read();
    if (stored.revision === 0) return [];
    const settings = pkiSettings(read);
    const foreign = options.untrackedState || options.newState ? [] : foreignState(read, stored, settings, options);
    return [...foreign, ...recallFrom(stored, read, options).diagnostics];
  } catch (failure) {
    // The file is not wrong because the state cannot be read: a render says more.
    if (!(failure instanceof EnvironmentFailure)) throw failure;
    const { code, message, hint } = failure;
    return [{ severity: 'warning', code, message, ...(hint === undefined ? {} : { hint }) }];
  }
}
