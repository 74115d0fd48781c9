import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EnvironmentFailure, mistake } from '../../base/failure.ts';
import { artifactId } from '../../mirror/catalogue/identity.ts';
import { onDisk } from '../../mirror/download/part-file.ts';
import { type Pulled, type PullTask, pull } from '../../mirror/download/pull.ts';
import { planPull } from '../../mirror/download/pull-plan.ts';
import { demandRoom } from '../../mirror/download/room.ts';
import { readFolderIndex, writeIndex } from '../../mirror/layout/folder-index.ts';
import { emptyIndex, indexEntry, type MirrorIndex, mergeIndexes } from '../../mirror/layout/layout.ts';
import type { ArtifactLock } from '../../mirror/lock/lock.ts';
import type { TransferEvent } from '../../mirror/transfer-event.ts';
import { TransferFailure } from '../../net/failure.ts';
import type { Surroundings as NetSurroundings } from '../../net/surroundings.ts';
import { acquireProcessLock } from '../../state/process-lock.ts';
import { demand, type Session } from '../session.ts';
import { clusterLayerArchives } from './layer-archive-lock.ts';
import { say } from './messages.ts';

/** The work for having everything in the artifact lock in one folder. */
export interface FillPlan {
  readonly folder: string;
  readonly lock: ArtifactLock;
  readonly tasks: readonly PullTask[];
  /** The folder's index before the run. */
  readonly index: MirrorIndex;
}

/** How files are fetched. */
export interface Filling {
  readonly surroundings: NetSurroundings;
  /** Milliseconds of a monotonic clock. */
  readonly ticks: () => number;
  readonly tell: (event: TransferEvent) => void;
}

/**
 * @throws UserMistake if there is no lock, if the lock names something that cannot be fetched, or if the folder's index
 * is damaged.
 */
export function planFill(session: Session, folder: string): FillPlan {
  const { options, read, catalogue } = session;
  const lock = demandLock(session);
  const made = new Map(clusterLayerArchives(session, lock.entries).map((one) => [artifactId(one.need), one.content]));
  const { upstreamHosts: hosts } = read.cluster.spec.artifacts;
  const tasks = demand(planPull(lock, catalogue, { hosts, folder: dirname(options.file), made }), session);
  const report = readFolderIndex(folder);
  const index = report.diagnostics.length === 0 ? (report.value ?? emptyIndex) : demand(report, session);
  return { folder, lock, tasks, index };
}

function demandLock({ lock, lockFile }: Session): ArtifactLock {
  if (lock !== undefined) return lock;
  throw mistake(say('no-lock/demand-lock', { lockFile }));
}

/**
 * Fetches missing files, verified. The index is written once all of them are present.
 * @throws EnvironmentFailure if another pull works in the folder, or the disk is full.
 */
export function fill(plan: FillPlan, session: Session, filling: Filling): Promise<Pulled> {
  return alone(plan.folder, session, () => fetchAll(plan, session, filling));
}

async function fetchAll(
  { folder, tasks, index }: FillPlan,
  { read }: Session,
  { surroundings, ticks, tell }: Filling,
): Promise<Pulled> {
  await demandRoom(folder, tasks);
  const bytes = sumOf(tasks.map(({ entry }) => entry.size));
  tell({ event: 'start', files: tasks.length, ...(bytes === undefined ? {} : { bytes }) });
  const indexed = new Map(index.artifacts.map(({ key, sha256 }) => [key, sha256]));
  const { parallel } = read.cluster.spec.artifacts;
  const pulled = await pull(tasks, { folder, parallel, indexed, surroundings, ticks, tell });
  const added = pulled.done.map(({ task, measured }) => indexEntry(task.entry, task.key, measured));
  if (pulled.summary.failed === 0) writeIndex(folder, mergeIndexes(index, added).index);
  return pulled;
}

/** Undefined if one of the sizes is unknown. */
function sumOf(sizes: readonly (number | undefined)[]): number | undefined {
  return sizes.reduce(
    (sum: number | undefined, size) => (sum === undefined || size === undefined ? undefined : sum + size),
    0,
  );
}

/** Two pulls into one folder would write into each other's unfinished files. */
async function alone<T>(folder: string, { clock, notices }: Session, work: () => Promise<T>): Promise<T> {
  try {
    const lock = await onDisk(folder, async () => {
      await mkdir(folder, { recursive: true, mode: 0o755 });
      const notice = (text: string) => notices.tell(text);
      return acquireProcessLock({ file: join(folder, '.pull.lock'), clock, waitMs: 0, notice });
    });
    return await work().finally(() => lock.release());
  } catch (error) {
    if (error instanceof TransferFailure) throw new EnvironmentFailure(error);
    if (!(error instanceof EnvironmentFailure) || error.code !== 'state-locked') throw error;
    throw new EnvironmentFailure(say('mirror-busy', { folder }));
  }
}
