import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { forMany } from '../../base/signal.ts';
import { DiskFailure, TransferFailure, WrongBytes } from '../../net/failure.ts';
import type { Surroundings } from '../../net/surroundings.ts';
import { failures } from '../../net/words.ts';
import type { Measured } from '../../object-store/hashing/hashes.ts';
import { artifactLabel } from '../catalogue/identity.ts';
import type { LockEntry } from '../lock/schema.ts';
import { inParallel } from '../parallel.ts';
import type { TransferEvent, TransferSummary } from '../transfer-event.ts';
import { onDisk } from './part-file.ts';
import { type FileSource, measureLocal } from './source.ts';
import { type Expected, verify } from './transfer.ts';
import { watcherOf } from './watch.ts';

/** One locked artifact, with its source and target. */
export interface PullTask {
  readonly entry: LockEntry;
  /** Below the folder. */
  readonly key: string;
  readonly source: FileSource;
}

export interface PullOptions {
  readonly folder: string;
  /** Concurrent transfers. */
  readonly parallel: number;
  /** sha256 by key, from the folder's index: such a file belongs to another lock and is not replaced. */
  readonly indexed: ReadonlyMap<string, string>;
  readonly surroundings: Surroundings;
  /** Milliseconds of a monotonic clock. */
  readonly ticks: () => number;
  readonly tell: (event: TransferEvent) => void;
}

export interface Pulled {
  readonly done: readonly { readonly task: PullTask; readonly measured: Measured }[];
  readonly failed: readonly { readonly task: PullTask; readonly failure: TransferFailure }[];
  readonly summary: TransferSummary;
}

/** The lock's data on an artifact's bytes. */
export function expectedOf({ size, algorithm, checksum }: LockEntry): Expected {
  return { size, [algorithm]: checksum };
}

/**
 * Fetches every artifact into the folder, several at a time. A failure does not stop the others, except when the disk
 * is full. A file is put in place only after it was verified.
 */
export async function pull(tasks: readonly PullTask[], options: PullOptions): Promise<Pulled> {
  const begin = options.ticks();
  const diskFull = new AbortController();
  const signal = forMany(AbortSignal.any([options.surroundings.signal, diskFull.signal]));
  const inner = { ...options, surroundings: { ...options.surroundings, signal } };
  const ended: Ended[] = [];
  await inParallel(tasks, options.parallel, async (task) => {
    const end = signal.aborted ? undefined : await endOf(task, inner);
    if (end === undefined) return;
    ended.push(end);
    if (end.failure instanceof DiskFailure) diskFull.abort();
  });
  options.surroundings.signal.throwIfAborted();
  ended.sort((a, b) => tasks.indexOf(a.task) - tasks.indexOf(b.task));
  const done = ended.flatMap(({ task, measured }) => (measured === undefined ? [] : [{ task, measured }]));
  const failed = ended.flatMap(({ task, failure }) => (failure === undefined ? [] : [{ task, failure }]));
  const summary = {
    event: 'summary',
    transferred: ended.filter((end) => end.bytes !== undefined).length,
    kept: ended.filter((end) => end.bytes === undefined && end.measured !== undefined).length,
    failed: tasks.length - done.length,
    bytes: ended.reduce((sum, end) => sum + (end.bytes ?? 0), 0),
    seconds: (options.ticks() - begin) / 1000,
  } as const;
  return { done, failed, summary };
}

interface Ended {
  readonly task: PullTask;
  readonly measured?: Measured;
  /** Bytes received in this run; undefined if the file already existed. */
  readonly bytes?: number;
  readonly failure?: TransferFailure;
}

/** Outcome of one transfer; undefined if it was aborted. */
async function endOf(task: PullTask, options: PullOptions): Promise<Ended | undefined> {
  try {
    return { task, ...(await pullOne(task, options)) };
  } catch (failure) {
    if (options.surroundings.signal.aborted) return undefined;
    if (!(failure instanceof TransferFailure)) throw failure;
    options.tell({ event: 'failed', key: task.key, code: failure.code, message: failure.message });
    return { task, failure };
  }
}

/** @returns no bytes if the file already existed. */
async function pullOne(task: PullTask, options: PullOptions): Promise<{ measured: Measured; bytes?: number }> {
  const { entry, key, source } = task;
  const { tell, ticks, surroundings } = options;
  const target = join(options.folder, key);
  const expected = expectedOf(entry);
  const there = await presentOf(target, expected, surroundings.signal);
  if (there?.wrong === undefined && there !== undefined) {
    tell({ event: 'kept', key, size: there.measured.size });
    return { measured: there.measured };
  }
  if (there !== undefined && options.indexed.get(key) === there.measured.sha256)
    throw failures.taken(target, artifactLabel(entry), there.measured.sha256, entry.checksum);
  tell({
    event: 'begin',
    key,
    from: source.place,
    ...sizeIf(entry.size),
    ...(there && { instead: there.wrong?.message ?? '' }),
  });
  const begin = ticks();
  const watcher = watcherOf(key, entry.size, tell);
  const measured = await source.bring(target, expected, surroundings, watcher);
  const transferred = watcher.transferred();
  tell({ event: 'done', key, size: measured.size, transferred, seconds: (ticks() - begin) / 1000 });
  return { measured, bytes: transferred };
}

function sizeIf(size: number | undefined): { size?: number } {
  return size === undefined ? {} : { size };
}

interface Present {
  readonly measured: Measured;
  /** Why it differs from the expected file. */
  readonly wrong?: WrongBytes;
}

/** The file already in place, hashed: size and date alone prove nothing. */
async function presentOf(target: string, expected: Expected, signal: AbortSignal): Promise<Present | undefined> {
  const info = await onDisk(target, () =>
    stat(target).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    }),
  );
  if (info === undefined) return undefined;
  if (!info.isFile()) throw failures.notAFile(target, info.isDirectory());
  const measured = await measureLocal(target, expected.sha512 !== undefined, signal);
  try {
    verify(target, measured, expected);
    return { measured };
  } catch (error) {
    if (!(error instanceof WrongBytes)) throw error;
    return { measured, wrong: error };
  }
}
