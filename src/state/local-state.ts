import { rmdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { commitEntries, finishMoves } from './commit.ts';
import { hasCode } from './files.ts';
import { explainIo } from './messages.ts';
import { acquireProcessLock, type ProcessLock } from './process-lock.ts';
import { loadSnapshot, type Snapshot } from './snapshot.ts';
import type { StateSession, StateStore, StateView } from './store.ts';

export interface LocalStateOptions {
  /** Usually `.knode` beside the cluster file. */
  readonly directory: string;
  /** Name of the cluster the state must belong to. */
  readonly cluster: string;
  readonly clock: Clock;
  /** How long to wait for another run to end; default 30 s. */
  readonly waitMs?: number;
  /** Called when the lock of a dead process was taken over. */
  readonly notice?: (text: string) => void;
}

/**
 * A state in a local directory: readable files, 0600 in 0700, checked against `state.json` whenever it is opened,
 * changed under a lock by atomic commits. The first commit creates the directory.
 */
export function localState(options: LocalStateOptions): StateStore {
  const directory = resolve(options.directory);
  const explained = <T>(work: () => Promise<T>): Promise<T> => explain(directory, work);
  return {
    read: async () => {
      const snapshot = await explained(() => loadSnapshot(directory, options.cluster));
      return view(() => snapshot);
    },
    withLock: async (work) => {
      let lock: ProcessLock;
      try {
        lock = await acquire(directory, options);
      } catch (error) {
        const failure = explainIo(error, directory);
        if (!isReadOnly(error)) throw failure;
        const snapshot = await explained(() => loadSnapshot(directory, options.cluster));
        return work(readOnlySession(snapshot, failure));
      }
      try {
        const session = await explained(() => openSession(directory, options.cluster, lock));
        return await work(session);
      } finally {
        await explained(() => leave(directory, lock));
      }
    },
  };
}

/** Whether a directory cannot be changed, because of its mode or a read-only file system. */
function isReadOnly(error: unknown): boolean {
  return hasCode(error, 'EACCES', 'EPERM', 'EROFS');
}

/**
 * A read-only state is enough for a run that makes nothing new. This session cannot show half a commit: a snapshot is
 * checked against its manifest.
 * @param failure thrown if the run has something to commit.
 */
function readOnlySession(snapshot: Snapshot, failure: unknown): StateSession {
  const { revision, get, paths } = view(() => snapshot);
  return {
    revision,
    get,
    paths,
    commit: async (entries) => {
      if ([...entries].some(([path, text]) => snapshot.files.get(path) !== text)) throw failure;
    },
  };
}

function acquire(directory: string, options: LocalStateOptions): Promise<ProcessLock> {
  const { clock, waitMs = 30_000, notice = () => {} } = options;
  return acquireProcessLock({ file: `${directory}/lock`, clock, waitMs, notice });
}

async function openSession(directory: string, cluster: string, lock: ProcessLock): Promise<StateSession> {
  let snapshot = await recover(directory, cluster);
  // A failed commit may have become valid all the same; only the disk can tell.
  let uncertain = false;
  const commit = async (entries: ReadonlyMap<string, string>): Promise<void> => {
    if (uncertain) snapshot = await recover(directory, cluster);
    uncertain = true;
    snapshot = await commitEntries(directory, cluster, snapshot, entries, () => lock.assertHeld());
    uncertain = false;
  };
  const current = view(() => snapshot);
  return {
    get revision() {
      return current.revision;
    },
    get: current.get,
    paths: current.paths,
    commit: (entries) => explain(directory, () => commit(entries)),
  };
}

/** Loads the state and finishes an interrupted commit. Requires the lock. */
async function recover(directory: string, cluster: string): Promise<Snapshot> {
  const snapshot = await loadSnapshot(directory, cluster);
  const { manifest, unmoved } = snapshot;
  if (manifest !== undefined && unmoved.length > 0) await finishMoves(directory, manifest, unmoved);
  return snapshot;
}

function view(snapshot: () => Snapshot): StateView {
  return {
    get revision() {
      return snapshot().manifest?.revision ?? 0;
    },
    get: (path) => snapshot().files.get(path),
    paths: () => [...snapshot().files.keys()].sort(),
  };
}

async function leave(directory: string, lock: ProcessLock): Promise<void> {
  await lock.release();
  // Taking the lock made the directory; without a commit it is removed again, unless it holds anything.
  if (lock.madeDirectory) await rmdir(directory).catch(() => {});
}

/** Adds the state's messages to errors of knode's own file operations; errors of the caller's work pass unchanged. */
async function explain<T>(directory: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explainIo(error, directory);
  }
}
