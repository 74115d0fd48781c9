import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Durable file operations: their results survive a power failure. */

/** Suffix of temporary files; `open` ignores them and the next commit removes them. */
export const temporarySuffix = '.tmp';

/** True for an error of the file system with one of these codes. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

/** The file's text, or undefined if there is none. */
export async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Writes a whole new file, 0600, and waits for the disk. */
export async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  await syncAndClose(file, () => file.writeFile(text, 'utf8'));
}

/** Replaces a file in one step: readers see the old text or the new one. */
export async function replaceDurably(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}${temporarySuffix}`;
  try {
    await writeDurably(temporary, text);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncDirectory(dirname(path));
}

/** A name in a directory is durable only when the directory itself is on the disk. */
export async function syncDirectory(path: string): Promise<void> {
  // Windows cannot open directories, and its file systems keep their names in order by themselves.
  if (process.platform === 'win32') return;
  await syncAndClose(await open(path, 'r'), async () => {});
}

async function syncAndClose(file: FileHandle, write: () => Promise<void>): Promise<void> {
  try {
    await write();
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes a directory and its missing parents, 0700. Returns true if it did not exist. */
export async function makeDirectory(path: string): Promise<boolean> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 });
  if (first !== undefined) await syncDirectory(dirname(path));
  return first !== undefined;
}

/** Names in a directory, sorted; undefined if there is no such directory. */
export async function listIfPresent(path: string): Promise<string[] | undefined> {
  try {
    return (await readdir(path)).sort();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
