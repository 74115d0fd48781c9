import { join } from 'node:path';
import type { Diagnostic } from '../../base/diagnostic.ts';
import { EnvironmentFailure, UserMistake } from '../../base/failure.ts';
import { PartMemory } from '../../object-store/part-memory.ts';
import type { ObjectStore } from '../../object-store/upload.ts';
import { parseKey } from '../layout/keys.ts';
import { type IndexEntry, type MirrorIndex, mergeIndexes } from '../layout/layout.ts';
import { updateIndex, type Waiting } from '../layout/store-index.ts';
import { inParallel } from '../parallel.ts';
import type { TransferEvent } from '../transfer-event.ts';
import { pushMessages, say } from './messages.ts';
import { compareStored, differs, type PlannedPush } from './plan.ts';
import { VerifiedFile } from './source.ts';

export interface PushSettings extends Waiting {
  readonly folder: string;
  readonly replace: boolean;
  /** Concurrent files. */
  readonly concurrency: number;
  readonly signal: AbortSignal;
  readonly tell: (event: TransferEvent) => void;
  /** Notices that are not transfer events. */
  readonly note: (text: string) => void;
  /** Milliseconds of a monotonic clock. */
  readonly ticks: () => number;
  readonly now: () => Date;
}

export interface Pushed {
  readonly uploaded: readonly IndexEntry[];
  /** Whether index or sums had to be written. */
  readonly indexWritten: boolean;
}

/** Parts in memory, of all files together: each has 5 MiB. */
const partsInMemory = 8;
/** On a loaded server with many pushes, another push of the same object may intervene this often. */
const mostTries = 8;
/** Pause before the second try; doubled each time. */
const firstPauseMs = 200;
/** Unfinished uploads of this age are abandoned: no upload of a file takes that long. */
const abandonedMs = 24 * 3600 * 1000;

/**
 * Carries out a plan: objects first, then the index, so that it never names a missing object. A file of the folder that
 * differs from its index is left out and reported at the end, and no index is written.
 */
export async function push(
  plan: readonly PlannedPush[],
  index: MirrorIndex,
  store: ObjectStore,
  settings: PushSettings,
): Promise<Pushed> {
  const wanted = plan.filter(({ state }) => state !== 'same').map(({ entry }) => entry);
  // The largest files first, so that the last ones to end are small.
  const inOrder = wanted.toSorted((a, b) => b.size - a.size);
  const wrong: Diagnostic[] = [];
  const uploaded: IndexEntry[] = [];
  const filesAtOnce = Math.max(1, Math.min(settings.concurrency, inOrder.length));
  const memory = new PartMemory(Math.max(partsInMemory, filesAtOnce));
  await inParallel(inOrder, filesAtOnce, async (entry) => {
    try {
      if (await pushOne(entry, store, memory, settings)) uploaded.push(entry);
    } catch (error) {
      settings.signal.throwIfAborted();
      tellFailure(entry, error, settings);
      if (!(error instanceof UserMistake) || isHopeless(error)) throw error;
      wrong.push(...error.diagnostics);
    }
  });
  if (wrong.length > 0) throw new UserMistake(wrong);
  const change = (base: MirrorIndex) => merged(base, index, store);
  const done = new Set(uploaded.map(({ key }) => key));
  const [indexWritten] = await Promise.all([
    updateIndex(store, change, settings),
    abandonUnfinished(done, store, settings),
  ]);
  return { uploaded, indexWritten };
}

function tellFailure({ key }: IndexEntry, error: unknown, { tell }: PushSettings): void {
  const code =
    error instanceof UserMistake
      ? error.diagnostics[0]?.code
      : error instanceof EnvironmentFailure
        ? error.code
        : 'bug';
  const message = error instanceof Error ? error.message : String(error);
  tell({ event: 'failed', key, code: code ?? 'mistake', message });
}

/** Mistakes that every other file would hit, too. */
function isHopeless({ diagnostics }: UserMistake): boolean {
  return !diagnostics.every(({ code }) => code === 'mirror-file-wrong' || code === 'mirror-object-differs');
}

/** Uploads one file; false if another push was faster with the same bytes. */
async function pushOne(
  entry: IndexEntry,
  store: ObjectStore,
  memory: PartMemory,
  settings: PushSettings,
): Promise<boolean> {
  const { folder, replace, signal, tell, ticks } = settings;
  const { key, size } = entry;
  const path = join(folder, key);
  const progress = (done: number) => tell({ event: 'progress', key, done, size });
  const begun = ticks();
  tell({ event: 'begin', key, from: path, size });
  let conditional = true;
  for (let tries = 0; tries < mostTries; tries++) {
    const source = await VerifiedFile.open(path, entry, signal);
    const result = await store
      .upload({ entry, source, replace }, { memory, conditional, progress })
      .finally(() => source.close());
    if (result === 'unconditional') conditional = false;
    else if (await isStored(entry, store, result === 'written', replace)) {
      const transferred = result === 'written' ? size : 0;
      tell({ event: 'done', key, size, transferred, seconds: (ticks() - begun) / 1000 });
      return result === 'written';
    }
    // Another push is still running. Wait until it has ended: otherwise the two disturb each other again.
    if (result !== 'unconditional') await settings.sleep(settings.chance() * firstPauseMs * 2 ** tries);
  }
  throw new EnvironmentFailure(say('mirror-busy', { place: `${store.place}${key}` }));
}

/** The stored object counts, not the answer to the upload. False: try again. */
async function isStored(entry: IndexEntry, store: ObjectStore, written: boolean, replace: boolean): Promise<boolean> {
  const now = await compareStored(entry, store);
  if (now.state === 'same') return true;
  if (now.state === 'differs' && !replace) throw new UserMistake([differs(now, store.place)]);
  if (written) throw notStored(entry, store);
  return false;
}

function notStored(entry: IndexEntry, { place }: ObjectStore): EnvironmentFailure {
  return new EnvironmentFailure(say('not-stored', { place: `${place}${entry.key}` }));
}

/**
 * Merges this push's entries into the current index. If it has different bytes for one of the keys, the object itself
 * decides.
 */
async function merged(base: MirrorIndex, ours: MirrorIndex, store: ObjectStore): Promise<MirrorIndex> {
  const { index, conflicts } = mergeIndexes(base, ours.artifacts);
  const problems: Diagnostic[] = [];
  for (const { after } of conflicts) {
    const now = await compareStored(after, store);
    if (now.state !== 'same') problems.push(differs(now, store.place));
  }
  if (problems.length > 0) throw new UserMistake(problems);
  return index;
}

/**
 * Aborts abandoned multipart uploads: those of objects that this push has just completed (a killed run began them;
 * another push that is still running finds its object complete, with the same bytes), and old ones below the prefix
 * with keys of knode's layout.
 */
async function abandonUnfinished(done: ReadonlySet<string>, store: ObjectStore, settings: PushSettings): Promise<void> {
  try {
    const limit = settings.now().getTime() - abandonedMs;
    const found = (await store.unfinished()).filter(
      ({ key, begun }) =>
        done.has(key) || (parseKey(key) !== undefined && begun !== undefined && begun.getTime() < limit),
    );
    for (const upload of found) await store.abandon(upload);
    if (found.length > 0) settings.note(pushMessages.abandoned(found.length));
  } catch (error) {
    settings.signal.throwIfAborted();
    // The mirror is complete; these uploads only take up space.
    if (!(error instanceof UserMistake || error instanceof EnvironmentFailure)) throw error;
    settings.note(pushMessages.noAbandoning);
  }
}
