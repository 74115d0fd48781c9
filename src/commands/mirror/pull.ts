import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EnvironmentFailure, UserMistake } from '../../base/failure.ts';
import { artifactId, artifactLabel } from '../../mirror/catalogue/identity.ts';
import { onDisk } from '../../mirror/download/part-file.ts';
import { type Pulled, type PullTask, pull } from '../../mirror/download/pull.ts';
import { planPull } from '../../mirror/download/pull-plan.ts';
import { demandRoom } from '../../mirror/download/room.ts';
import { readFolderIndex, writeIndex } from '../../mirror/layout/folder-index.ts';
import { emptyIndex, indexEntry, type MirrorIndex, mergeIndexes } from '../../mirror/layout/layout.ts';
import { entrySpan, type Lock } from '../../mirror/lock/lock.ts';
import { TransferFailure } from '../../net/failure.ts';
import type { Patience } from '../../net/patience.ts';
import { processSurroundings } from '../../net/surroundings.ts';
import { acquireLock } from '../../state/process-lock.ts';
import { interruptible } from '../../workflow/interrupt.ts';
import { failedTransfers, openLockedSession } from '../../workflow/lock-inputs.ts';
import { clusterPayloads } from '../../workflow/payload-lock.ts';
import type { Session } from '../../workflow/session.ts';
import { type CommandIo, demand, type GlobalOptions, surroundings } from '../io.ts';
import { tellPlan, tellPulled } from './pull-text.ts';
import { type TransferProgress, transferProgress } from './transfer-progress.ts';

export interface MirrorPullOptions extends GlobalOptions {
  /** The folder. */
  readonly output: string;
}

const ticks = () => performance.now();

/** `knode mirror pull`: everything that the lock names into a folder, verified; the index is written when all of it is there. */
export async function mirrorPull(options: MirrorPullOptions, io: CommandIo, patience?: Patience): Promise<void> {
  const inputs = openLockedSession(options, surroundings(io));
  const lock = demandLock(inputs);
  const { upstreamHosts: hosts } = inputs.read.cluster.spec.artifacts;
  const made = new Map(clusterPayloads(inputs, lock.entries).map((one) => [artifactId(one.need), one.content]));
  const tasks = demand(planPull(lock, inputs.catalogue, { hosts, folder: dirname(options.file), made }), io);
  const report = readFolderIndex(options.output);
  const index = report.diagnostics.length === 0 ? (report.value ?? emptyIndex) : demand(report, io);
  if (options.dryRun) return tellPlan(tasks, options, io);
  const progress = transferProgress(io, { json: options.json ?? false, verb: 'pulled', ticks });
  const pulled = await interruptible(
    (signal) => alone(options.output, io, () => fetchAll(tasks, index, inputs, options, progress, signal, patience)),
    'stopped; run the same command again: it goes on where it stopped',
  );
  tellPulled(pulled, tasks, options, io);
  throwFailed(pulled, tasks.length, lock, options);
}

function demandLock({ lock, lockFile }: Session): Lock {
  if (lock !== undefined) return lock;
  const hint = 'run knode mirror lock, which writes it';
  throw new UserMistake([{ severity: 'error', code: 'no-lock', message: `there is no ${lockFile}`, hint }]);
}

async function fetchAll(
  tasks: readonly PullTask[],
  index: MirrorIndex,
  { read }: Session,
  { output: folder }: MirrorPullOptions,
  progress: TransferProgress,
  signal: AbortSignal,
  patience: Patience | undefined,
): Promise<Pulled> {
  await demandRoom(folder, tasks);
  const sizes = tasks.map(({ entry }) => entry.size);
  const bytes = sizes.reduce(
    (sum: number | undefined, size) => (sum === undefined || size === undefined ? undefined : sum + size),
    0,
  );
  progress.tell({ event: 'start', files: tasks.length, ...(bytes === undefined ? {} : { bytes }) });
  try {
    const pulled = await pull(tasks, {
      folder,
      parallel: read.cluster.spec.artifacts.parallel,
      indexed: new Map(index.artifacts.map(({ key, sha256 }) => [key, sha256])),
      surroundings: processSurroundings(signal, patience),
      ticks,
      tell: progress.tell.bind(progress),
    });
    const added = pulled.done.map(({ task, measured }) => indexEntry(task.entry, task.key, measured));
    if (pulled.summary.failed === 0) writeIndex(folder, mergeIndexes(index, added).index);
    return pulled;
  } finally {
    progress.end();
  }
}

/** Two pulls into one folder would write into each other's unfinished files. */
async function alone<T>(folder: string, io: CommandIo, work: () => Promise<T>): Promise<T> {
  try {
    const lock = await onDisk(folder, async () => {
      await mkdir(folder, { recursive: true, mode: 0o755 });
      const notice = (text: string) => io.stderr(`knode: ${text}\n`);
      return acquireLock({ file: join(folder, '.pull.lock'), clock: io.clock, waitMs: 0, notice });
    });
    return await work().finally(() => lock.release());
  } catch (error) {
    if (error instanceof TransferFailure) throw new EnvironmentFailure(error.code, error.message, error.hint);
    if (!(error instanceof EnvironmentFailure) || error.code !== 'state-locked') throw error;
    const message = `another knode mirror pull works in ${folder}`;
    throw new EnvironmentFailure('mirror-busy', message, 'wait for it to end, or choose another folder with -o');
  }
}

function throwFailed({ failed, summary }: Pulled, all: number, lock: Lock, { output }: MirrorPullOptions): void {
  if (failed.length === 0) return;
  const found = failed.map(({ task, failure }) => {
    const span = entrySpan(lock, task.entry);
    return { label: artifactLabel(task.entry), failure, ...(span && { span }) };
  });
  const message = `${output} lacks ${summary.failed} of ${all} artifacts, and has no new index`;
  throw failedTransfers(found, message, 'run the command again: it goes on where it stopped');
}
