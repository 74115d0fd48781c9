import { constants } from 'node:fs';
import { type FileHandle, open, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { sha256 } from '../../base/digest.ts';
import { readFolderIndex } from '../layout/folder-index.ts';
import { indexKey, sumsKey } from '../layout/keys.ts';
import { type IndexEntry, indexText, type MirrorIndex, sumsText } from '../layout/layout.ts';
import { serveMessages } from './messages.ts';

/** Content for a client: the mirror's own texts from memory, artifacts as open files (the receiver closes them). */
export interface Served {
  readonly key: string;
  readonly size: number;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly modified: Date;
  readonly body: Buffer | FileHandle;
}

/** A file that is in the index but does not match it. */
export interface Unservable {
  readonly why: string;
}

export interface MirrorFolder {
  /** The current index. */
  index(): Promise<MirrorIndex>;
  /** Undefined for everything that the index does not name. */
  find(key: string): Promise<Served | Unservable | undefined>;
}

interface Snapshot {
  readonly stamp: string;
  readonly index: MirrorIndex;
  readonly entries: ReadonlyMap<string, IndexEntry>;
  readonly texts: ReadonlyMap<string, Served>;
}

/**
 * A mirror's folder for reading. Only keys of `index.json` are found, so a client's path never reaches the disk. An
 * index that `pull` replaces meanwhile is read again.
 */
export function openMirrorFolder(folder: string, first: MirrorIndex, say: (text: string) => void): MirrorFolder {
  let snapshot: Snapshot | undefined;
  let told = '';
  async function current(): Promise<Snapshot> {
    const info = await stat(join(folder, indexKey)).catch(() => undefined);
    const stamp = info === undefined ? 'gone' : `${info.ino} ${info.size} ${info.mtimeMs}`;
    if (snapshot?.stamp === stamp) return snapshot;
    const report = readFolderIndex(folder);
    if (report.value === undefined && stamp !== told) {
      told = stamp;
      say(serveMessages.staleIndex(report.diagnostics[0]?.message ?? 'it is gone'));
    }
    if (report.value !== undefined) snapshot = takeSnapshot(stamp, report.value, info?.mtime ?? new Date(0));
    snapshot ??= takeSnapshot('first', first, new Date(0));
    return snapshot;
  }
  return {
    index: async () => (await current()).index,
    find: async (key) => {
      const { entries, texts } = await current();
      const entry = entries.get(key);
      return texts.get(key) ?? (entry === undefined ? undefined : openEntry(folder, entry));
    },
  };
}

function takeSnapshot(stamp: string, index: MirrorIndex, modified: Date): Snapshot {
  const texts = [
    [indexKey, indexText(index)],
    [sumsKey, sumsText(index)],
  ].map(([key = '', text = '']): [string, Served] => {
    const body = Buffer.from(text);
    return [key, { key, size: body.length, sha256: sha256(body), modified, body }];
  });
  return { stamp, index, entries: new Map(index.artifacts.map((one) => [one.key, one])), texts: new Map(texts) };
}

async function openEntry(folder: string, entry: IndexEntry): Promise<Served | Unservable> {
  let handle: FileHandle | undefined;
  try {
    const root = await realpath(folder);
    const path = await realpath(join(folder, entry.key));
    // A symbolic link may lead to another file of the folder, but not out of it.
    if (!path.startsWith(root.endsWith(sep) ? root : root + sep)) return { why: serveMessages.outside };
    handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const info = await handle.stat();
    const why = !info.isFile()
      ? serveMessages.notAFile
      : info.size === entry.size
        ? undefined
        : serveMessages.otherSize(info.size, entry.size);
    if (why === undefined) {
      return { key: entry.key, size: info.size, sha256: entry.sha256, modified: info.mtime, body: handle };
    }
    await handle.close();
    return { why };
  } catch (error) {
    await handle?.close();
    const { code } = error as NodeJS.ErrnoException;
    return { why: code === 'ENOENT' ? serveMessages.missingFile : serveMessages.unreadable(code) };
  }
}
