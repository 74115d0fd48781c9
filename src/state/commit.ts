import { mkdir, rename, rm, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { sha256 } from '../base/digest.ts';
import {
  hasCode,
  listIfPresent,
  readIfPresent,
  replaceDurably,
  syncDirectory,
  temporarySuffix,
  writeDurably,
} from './files.ts';
import type { Snapshot } from './snapshot.ts';
import { checkEntryPath, formatStateIndex, pendingName, type StateIndex, stateIndexName } from './state-index.ts';

/**
 * How a commit survives a crash at any moment:
 *
 *  1. every new content is written to `pending/` and synced; the valid state is unchanged;
 *  2. `state.json` is replaced by one that names the new contents: this one rename is the commit;
 *  3. the contents are moved from `pending/` to their places.
 *
 * After a crash before step 2 the contents of `pending/` are unused, and the next commit removes them. After step 2 a
 * reader finds each content in its place or in `pending/`, and the next holder of the lock finishes step 3. A file is
 * never written in place.
 */
export async function commitEntries(
  directory: string,
  cluster: string,
  before: Snapshot,
  entries: ReadonlyMap<string, string>,
  assertLocked: () => Promise<void>,
): Promise<Snapshot> {
  const changes = [...entries].filter(([path, text]) => before.files.get(path) !== text);
  for (const [path] of entries) checkEntryPath(path);
  if (changes.length === 0) return before;

  await removeLeftovers(directory);
  const after = changed(cluster, before, changes);
  await ignoreInGit(directory);
  await writePending(directory, changes);
  await assertLocked();
  await replaceDurably(`${directory}/${stateIndexName}`, formatStateIndex(after));
  const paths = changes.map(([path]) => path);
  await finishMoves(directory, after, paths);
  return { manifest: after, files: new Map([...before.files, ...changes]), unmoved: [] };
}

function changed(cluster: string, before: Snapshot, changes: readonly (readonly [string, string])[]): StateIndex {
  const digests = changes.map(([path, text]) => [path, sha256(text)]);
  return {
    version: 1,
    cluster,
    revision: (before.manifest?.revision ?? 0) + 1,
    files: { ...before.manifest?.files, ...Object.fromEntries(digests) },
  };
}

async function writePending(directory: string, changes: readonly (readonly [string, string])[]): Promise<void> {
  await mkdir(`${directory}/pending`, { recursive: true, mode: 0o700 });
  for (const [path, text] of changes) await writeDurably(`${directory}/${pendingName(path, sha256(text))}`, text);
  await syncDirectory(`${directory}/pending`);
  // Before the manifest names them, their directory entries must be on the disk as well.
  await syncDirectory(directory);
}

/** Moves committed contents to their places. Safe to repeat: contents that were already moved are skipped. */
export async function finishMoves(directory: string, manifest: StateIndex, paths: readonly string[]): Promise<void> {
  const parents = new Set<string>();
  for (const path of paths) {
    const target = `${directory}/${path}`;
    const made = await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    if (made !== undefined) parents.add(dirname(made)).add(dirname(dirname(target)));
    parents.add(dirname(target));
    try {
      await rename(`${directory}/${pendingName(path, manifest.files[path] ?? '')}`, target);
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error;
    }
  }
  for (const parent of parents) await syncDirectory(parent);
  await rmdir(`${directory}/pending`).catch(() => {});
}

/** Leftovers of an interrupted run. Its commit never became valid, so they are unused. */
async function removeLeftovers(directory: string): Promise<void> {
  await rm(`${directory}/pending`, { recursive: true, force: true });
  for (const name of (await listIfPresent(directory)) ?? []) {
    if (name.endsWith(temporarySuffix)) await rm(`${directory}/${name}`, { force: true });
  }
}

/** Keys must not be in a repository, whatever its own .gitignore says. */
async function ignoreInGit(directory: string): Promise<void> {
  const path = `${directory}/.gitignore`;
  if ((await readIfPresent(path)) === undefined) await replaceDurably(path, '*\n');
}
