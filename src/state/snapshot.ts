import type { Stats } from 'node:fs';
import { lstat, stat } from 'node:fs/promises';
import { sha256 } from '../base/digest.ts';
import { hasCode, listIfPresent, readIfPresent, temporarySuffix } from './files.ts';
import { failures, otherCluster } from './messages.ts';
import { parseStateIndex, pendingName, reserved, type StateIndex, stateIndexName } from './state-index.ts';

/** The state as it was read, complete and checked. */
export interface Snapshot {
  /** Undefined if there is no state yet. */
  readonly manifest: StateIndex | undefined;
  readonly files: ReadonlyMap<string, string>;
  /** Entries of the last commit that are still in `pending/`: it was interrupted after it had become valid. */
  readonly unmoved: readonly string[];
}

/**
 * Reads and checks the state without a lock. If another process commits meanwhile, a valid state looks damaged against
 * the old manifest: a fault counts only if the manifest is still the same afterwards.
 */
export async function loadSnapshot(directory: string, cluster: string): Promise<Snapshot> {
  const readManifest = () => readIfPresent(`${directory}/${stateIndexName}`);
  let text = await readManifest();
  for (;;) {
    try {
      return await check(directory, cluster, text);
    } catch (fault) {
      const newer = await readManifest();
      if (newer === text) throw fault;
      text = newer;
    }
  }
}

async function check(directory: string, cluster: string, manifestText: string | undefined): Promise<Snapshot> {
  const found = await listFiles(directory);
  if (manifestText === undefined) {
    const foreign = found.find((path) => !reserved.has(path));
    if (foreign !== undefined) throw failures.noManifest(directory, `${directory}/${foreign}`);
    return { manifest: undefined, files: new Map(), unmoved: [] };
  }
  const manifest = parseStateIndex(manifestText, directory);
  if (manifest.cluster !== cluster) throw otherCluster(directory, manifest.cluster, cluster);
  const extra = found.find((path) => !reserved.has(path) && manifest.files[path] === undefined);
  const contents = await readEntries(directory, manifest);
  if (extra !== undefined) throw failures.extra(`${directory}/${extra}`);
  const unmoved = contents.filter((entry) => entry.unmoved).map((entry) => entry.path);
  return { manifest, files: new Map(contents.map((entry) => [entry.path, entry.text])), unmoved };
}

/**
 * Relative paths of all files except pending and temporary ones; no file and no directory may be accessible to other
 * users.
 */
async function listFiles(directory: string): Promise<string[]> {
  const names = await listIfPresent(directory);
  if (names === undefined) return [];
  // The directory itself may be a symbolic link of the user's; its content may not be.
  checkMode(directory, directory, await stat(directory));
  const files: string[] = [];
  const waiting = names.filter((name) => name !== 'pending' && !name.endsWith(temporarySuffix));
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    const full = `${directory}/${path}`;
    const info = await lstatIfPresent(full);
    if (info === undefined) continue;
    if (!info.isFile() && !info.isDirectory()) throw failures.notRegular(directory, full);
    checkMode(directory, full, info);
    if (info.isFile()) files.push(path);
    else waiting.push(...((await listIfPresent(full)) ?? []).map((name) => `${path}/${name}`));
  }
  return files.sort();
}

/** Locks may appear and disappear during the check. */
async function lstatIfPresent(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function checkMode(directory: string, path: string, info: Stats): void {
  // Windows has no such mode bits; access lists are inherited from the user's folder.
  if (process.platform === 'win32') return;
  if ((info.mode & 0o077) !== 0) throw failures.readable(directory, path, info.mode);
}

interface Entry {
  readonly path: string;
  readonly text: string;
  readonly unmoved: boolean;
}

async function readEntries(directory: string, manifest: StateIndex): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (const [path, hash] of Object.entries(manifest.files)) entries.push(await readEntry(directory, path, hash));
  return entries;
}

async function readEntry(directory: string, path: string, hash: string): Promise<Entry> {
  const full = `${directory}/${path}`;
  const pending = `${directory}/${pendingName(path, hash)}`;
  // In place, or committed but not yet moved, or moved between the two looks.
  for (const place of [full, pending, full]) {
    const text = await readIfPresent(place);
    if (text !== undefined && sha256(text) === hash) return { path, text, unmoved: place === pending };
  }
  throw (await readIfPresent(full)) === undefined
    ? failures.missing(directory, full)
    : failures.changed(directory, full);
}
