import { basename, dirname } from 'node:path';
import { UserMistake } from '../../base/failure.ts';
import { replaceFiles } from '../../base/files/write-tree.ts';
import { artifactLabel } from '../../mirror/catalogue/identity.ts';
import { renewLock } from '../../mirror/lock/file.ts';
import { checkLockWishes, type LockPlan, planLock } from '../../mirror/lock/plan.ts';
import { type LockUpdate, updateLock } from '../../mirror/lock/update.ts';
import { transferProgress } from '../../mirror/progress/transfer-progress.ts';
import type { Patience } from '../../net/patience.ts';
import { processSurroundings } from '../../net/surroundings.ts';
import { interruptible } from '../../workflow/interrupt.ts';
import { withLayerArchives } from '../../workflow/mirror/layer-archive-lock.ts';
import { clusterNeeds, failedTransfers, openLockedSession } from '../../workflow/mirror/lock-inputs.ts';
import type { Session } from '../../workflow/session.ts';
import { type CommandIo, type GlobalOptions, surroundings } from '../io.ts';
import { tellLock } from './lock-text.ts';

export interface MirrorLockOptions extends GlobalOptions {
  /** Names of artifacts. */
  readonly update?: readonly string[];
  readonly prune?: boolean;
}

/**
 * `knode mirror lock`: pins every artifact of every node. Pinned entries stay. Entries whose data are not available are
 * left out and reported; the others are still written.
 */
export async function mirrorLock(options: MirrorLockOptions, io: CommandIo, patience?: Patience): Promise<void> {
  const inputs = openLockedSession(options, surroundings(io));
  const { lock, catalogue, lockFile } = inputs;
  const wishes = { needs: clusterNeeds(inputs), catalogue, lock, update: options.update ?? [] };
  const wrong = checkLockWishes(wishes).map((one) => (one.span ? one : { ...one, option: '--update' }));
  if (wrong.length > 0) throw new UserMistake(wrong);
  const plan = planLock(wishes);
  const update = withLayerArchives(await carryOut(plan, inputs, options, io, patience), lock?.entries ?? [], inputs);
  const text = renewLock(lock, update.entries);
  const changed = update.changes.length > 0 || lock === undefined;
  if (changed && !options.dryRun)
    replaceFiles(dirname(lockFile), [{ path: basename(lockFile), content: text, mode: '0644' }]);
  tellLock({ lockFile, changed, update, plan }, options, io);
  if (update.failed.length === 0) return;
  const failed = update.failed.map(({ task, failure }) => ({ label: artifactLabel(task.need), failure }));
  const summary = `could not pin ${failed.length} of ${plan.tasks.length + plan.kept.length} artifacts in ${lockFile}`;
  throw failedTransfers(failed, summary, 'run the command again: what is pinned is not asked for again');
}

async function carryOut(
  plan: LockPlan,
  { read, lockFile }: Session,
  options: MirrorLockOptions,
  io: CommandIo,
  patience: Patience | undefined,
): Promise<LockUpdate> {
  const { parallel, upstreamHosts: hosts } = read.cluster.spec.artifacts;
  // With --json stdout has one document, the changes.
  const progress = transferProgress(io, { json: false, verb: 'read', ticks: () => performance.now() });
  const tell = progress.tell.bind(progress);
  const update = (signal: AbortSignal) =>
    updateLock(plan, {
      hosts,
      folder: dirname(options.file),
      surroundings: processSurroundings(signal, patience),
      parallel,
      prune: options.prune ?? false,
      tell,
    }).finally(() => progress.end());
  return interruptible(update, `stopped; ${lockFile} is as it was: run the same command again`);
}
