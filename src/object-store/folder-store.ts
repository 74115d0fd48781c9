import { createReadStream } from 'node:fs';
import { readdir, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EnvironmentFailure } from '../base/failure.ts';
import { replaceFiles } from '../base/files/write-tree.ts';
import { say } from './messages.ts';
import { readText, type StoredObject, type WritableStore } from './store.ts';

const missingCodes: readonly (string | undefined)[] = ['ENOENT', 'ENOTDIR'];

/** A mirror in a folder. It records no checksums: a file must be read to be verified. */
export function folderStore(folder: string): WritableStore {
  const store: WritableStore = {
    place: folder,
    head: async (key) => {
      const info = await orUndefined(stat(join(folder, key)), join(folder, key));
      return info?.isFile() ? { key, size: info.size, modified: info.mtime } : undefined;
    },
    read: async (key) => {
      if ((await store.head(key)) === undefined) return undefined;
      return { chunks: chunks(join(folder, key)) };
    },
    list: () => list(folder, folder, ''),
    remove: (key) => remove(folder, key),
    writeText: async (key, text, tag) => {
      const there = await readText(store, key, Number.POSITIVE_INFINITY);
      const now = there === undefined || there === 'too-big' ? 'absent' : there.tag;
      if (tag !== undefined && tag !== now) return false;
      replaceFiles(folder, [{ path: key, content: text, mode: '0644' }]);
      return true;
    },
  };
  return store;
}

async function* chunks(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path, { highWaterMark: 1024 * 1024 });
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** Symbolic links are not followed: their targets do not belong to the mirror. */
async function list(folder: string, root: string, below: string): Promise<StoredObject[]> {
  const entries = await orUndefined(readdir(folder, { withFileTypes: true }), folder);
  const found: StoredObject[] = [];
  for (const entry of entries ?? []) {
    const key = `${below}${entry.name}`;
    if (entry.isDirectory()) found.push(...(await list(join(folder, entry.name), root, `${key}/`)));
    else if (entry.isFile()) {
      const info = await orUndefined(stat(join(root, key)), join(root, key));
      if (info !== undefined) found.push({ key, size: info.size, modified: info.mtime });
    }
  }
  return found;
}

/** Removes a file, and the folders that become empty. */
async function remove(folder: string, key: string): Promise<void> {
  try {
    await rm(join(folder, key), { force: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new EnvironmentFailure(say('cannot-write', { path: join(folder, key), code }));
  }
  for (let at = dirname(key); at !== '.'; at = dirname(at)) {
    // A folder with content stays, and so do those above it.
    if (
      !(await rmdir(join(folder, at)).then(
        () => true,
        () => false,
      ))
    )
      return;
  }
}

async function orUndefined<T>(work: Promise<T>, path: string): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (missingCodes.includes((error as NodeJS.ErrnoException).code)) return undefined;
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): EnvironmentFailure {
  const { code } = error as NodeJS.ErrnoException;
  return new EnvironmentFailure(say('mirror-unreadable', { path, code }));
}
