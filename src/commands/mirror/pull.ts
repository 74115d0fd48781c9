import { artifactLabel } from '../../mirror/catalogue/identity.ts';
import type { Pulled } from '../../mirror/download/pull.ts';
import { entrySpan } from '../../mirror/lock/lock.ts';
import { transferProgress } from '../../mirror/progress/transfer-progress.ts';
import type { Patience } from '../../net/patience.ts';
import { processSurroundings } from '../../net/surroundings.ts';
import { interruptible } from '../../workflow/interrupt.ts';
import { type FillPlan, fill, planFill } from '../../workflow/mirror/fill.ts';
import { failedTransfers, openLockedSession } from '../../workflow/mirror/lock-inputs.ts';
import { type CommandIo, type GlobalOptions, surroundings } from '../io.ts';
import { tellPlan, tellPulled } from './pull-text.ts';

export interface MirrorPullOptions extends GlobalOptions {
  /** The folder. */
  readonly output: string;
}

/**
 * `knode mirror pull`: fetches everything in the lock into a folder, verified; the index is written once all of it is
 * present.
 */
export async function mirrorPull(options: MirrorPullOptions, io: CommandIo, patience?: Patience): Promise<void> {
  const session = openLockedSession(options, surroundings(io));
  const plan = planFill(session, options.output);
  if (options.dryRun) return tellPlan(plan.tasks, options, io);
  const ticks = () => performance.now();
  const progress = transferProgress(io, { json: options.json ?? false, verb: 'pulled', ticks });
  const tell = progress.tell.bind(progress);
  const pulled = await interruptible(
    (signal) =>
      fill(plan, session, { surroundings: processSurroundings(signal, patience), ticks, tell }).finally(() =>
        progress.end(),
      ),
    'stopped; run the same command again: it goes on where it stopped',
  );
  tellPulled(pulled, plan.tasks, options, io);
  throwFailed(pulled, plan);
}

function throwFailed({ failed, summary }: Pulled, { folder, lock, tasks }: FillPlan): void {
  if (failed.length === 0) return;
  const found = failed.map(({ task, failure }) => {
    const span = entrySpan(lock, task.entry);
    return { label: artifactLabel(task.entry), failure, ...(span && { span }) };
  });
  const message = `${folder} lacks ${summary.failed} of ${tasks.length} artifacts, and has no new index`;
  throw failedTransfers(found, message, 'run the command again: it goes on where it stopped');
}
