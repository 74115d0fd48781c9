import { TransferFailure, WrongBytes } from '../../net/failure.ts';
import { artifactLabel, sortedNeeds } from '../catalogue/identity.ts';
import { watcherOf } from '../download/watch.ts';
import { inParallel } from '../parallel.ts';
import type { TransferEvent } from '../transfer-event.ts';
import { type LockContext, lockEntry } from './entry.ts';
import type { LockPlan, LockTask } from './plan.ts';
import type { LockEntry } from './schema.ts';

export interface LockUpdateOptions extends Omit<LockContext, 'watcher'> {
  /** Concurrent requests and downloads. */
  readonly parallel: number;
  /** Drop entries that no node needs. */
  readonly prune: boolean;
  readonly tell: (event: TransferEvent) => void;
}

/** One change of a lock, for people. */
export interface LockChange {
  readonly action: LockTask['action'] | 'drop';
  readonly before?: LockEntry;
  readonly after?: LockEntry;
}

export interface LockUpdate {
  /** The complete new lock, sorted. */
  readonly entries: readonly LockEntry[];
  /** In the order of the lock; entries that did not change are left out. */
  readonly changes: readonly LockChange[];
  readonly failed: readonly { readonly task: LockTask; readonly failure: TransferFailure }[];
}

/**
 * Carries out a plan. An entry whose data are not available stays as it was, and is reported; the others are pinned.
 */
export async function updateLock(plan: LockPlan, options: LockUpdateOptions): Promise<LockUpdate> {
  const entries = [...plan.kept, ...(options.prune ? [] : plan.unneeded)];
  const changes: LockChange[] = options.prune ? plan.unneeded.map((before) => ({ action: 'drop', before })) : [];
  const failed: LockUpdate['failed'][number][] = [];
  await inParallel(plan.tasks, options.parallel, async (task) => {
    const key = artifactLabel(task.need);
    options.tell({ event: 'begin', key, from: task.upstream.url });
    try {
      const surroundings = surroundingsOf(task, options);
      const watcher = watcherOf(key, undefined, options.tell);
      const after = await lockEntry(task, { ...options, surroundings, watcher });
      entries.push(after);
      if (!isSame(task.pin, after)) changes.push({ action: task.action, ...(task.pin && { before: task.pin }), after });
    } catch (failure) {
      options.surroundings.signal.throwIfAborted();
      if (!(failure instanceof TransferFailure)) throw failure;
      if (task.pin !== undefined) entries.push(task.pin);
      if (!isPinned(task, failure)) failed.push({ task, failure });
    }
    options.tell({ event: 'end', key });
  });
  const place = new Map(
    sortedNeeds([...entries, ...plan.unneeded]).map((entry, index) => [artifactLabel(entry), index]),
  );
  const placeOf = ({ before, after }: LockChange) => place.get(artifactLabel(after ?? before ?? never())) ?? 0;
  return {
    entries: sortedNeeds(entries),
    changes: changes.sort((a, b) => placeOf(a) - placeOf(b)),
    failed: failed.sort((a, b) => (artifactLabel(a.task.need) < artifactLabel(b.task.need) ? -1 : 1)),
  };
}

/** An entry that is already pinned gets one try, not a minute of them. */
function surroundingsOf({ action }: LockTask, { surroundings }: LockUpdateOptions): LockUpdateOptions['surroundings'] {
  if (action !== 'complete') return surroundings;
  return { ...surroundings, patience: { ...surroundings.patience, tries: 1 } };
}

/**
 * A pinned entry stays pinned if only its size or its other checksum is not available, for example without a network.
 */
function isPinned({ action, pin, upstream }: LockTask, failure: TransferFailure): boolean {
  const moved = upstream.own !== undefined && pin?.url !== upstream.url;
  return action === 'complete' && !moved && !(failure instanceof WrongBytes);
}

function isSame(before: LockEntry | undefined, after: LockEntry): boolean {
  if (before === undefined) return false;
  return (['url', 'size', 'algorithm', 'checksum', 'checksumFrom', 'key'] as const).every(
    (field) => before[field] === after[field],
  );
}

function never(): never {
  throw new Error('a change of nothing');
}
