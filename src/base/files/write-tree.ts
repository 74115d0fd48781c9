import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { EnvironmentFailure, UserMistake } from '../failure.ts';
import { say } from '../messages.ts';

/** A file to write below a folder. */
export interface TreeFile {
  /** Relative to the folder. */
  readonly path: string;
  readonly content: string | Uint8Array;
  readonly mode: string;
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Writes a folder as a whole: it is built beside its place and renamed into it, so that no reader sees it half written.
 * The folder itself is 0700, because it holds keys.
 * @throws UserMistake if the folder exists and is not empty: knode must not remove its content.
 */
export function writeNewFolder(folder: string, files: Iterable<TreeFile>): void {
  if (existsSync(folder) && !statSync(folder).isDirectory()) {
    throw new UserMistake([{ severity: 'error', ...say('not-a-folder', { folder }) }]);
  }
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new UserMistake([{ severity: 'error', ...say('folder-not-empty', { folder }) }]);
  }
  try {
    mkdirSync(dirname(folder), { recursive: true });
    const staged = mkdtempSync(join(dirname(folder), `.${basename(folder)}-`));
    try {
      for (const file of files) writeInto(staged, file);
      rmSync(folder, { recursive: true, force: true });
      renameSync(staged, folder);
    } catch (error) {
      rmSync(staged, { recursive: true, force: true });
      throw error;
    }
  } catch (error) {
    throw new EnvironmentFailure(say('cannot-write/write-new-folder', { folder, why: reason(error) }));
  }
}

function writeInto(folder: string, file: TreeFile): void {
  const path = join(folder, file.path);
  // The folder itself exists.
  if (dirname(file.path) !== '.') mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, file.content, { mode: Number.parseInt(file.mode, 8) });
  // The process's umask may have removed bits.
  chmodSync(path, Number.parseInt(file.mode, 8));
}

/** For folders that hold keys: git ignores their whole content, this file included. */
export const gitIgnoreAll: TreeFile = { path: '.gitignore', content: '*\n', mode: '0644' };

/** Whether a folder is missing or empty, so that all of its content will be knode's. */
export function isNewFolder(folder: string): boolean {
  try {
    return readdirSync(folder).length === 0;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

/** Files for a folder; their content is made lazily. */
export interface FolderFiles {
  readonly folder: string;
  readonly files: () => readonly TreeFile[];
}

/** Replaces single files of a folder that may hold others: each atomically, by a rename. */
export function replaceFiles(folder: string, files: readonly TreeFile[]): void {
  replaceInFolders([{ folder, files: () => files }]);
}

/**
 * Like `replaceFiles`, in several folders. All files are written beside their places before the first is renamed: a
 * full disk or a read-only folder leaves everything unchanged.
 * @throws UserMistake if a file is in the place of a folder.
 */
export function replaceInFolders(places: readonly FolderFiles[]): void {
  const made: string[] = [];
  const staged: (readonly [from: string, to: string])[] = [];
  let at = '';
  try {
    for (const { folder, files } of places) {
      at = folder;
      const first = mkdirSync(folder, { recursive: true, mode: 0o700 });
      if (first !== undefined) made.push(first);
      for (const file of files()) {
        const path = `${file.path}.new`;
        const target = join(folder, file.path);
        // A new folder cannot hold such a directory.
        if (first === undefined && existsSync(target) && statSync(target).isDirectory())
          throw standsInTheWay(target, 'a file', 'folder');
        staged.push([join(folder, path), target]);
        writeInto(folder, { ...file, path });
      }
    }
    for (const [from, to] of staged) renameSync(from, to);
  } catch (error) {
    // They may hold keys.
    for (const [from] of staged) rmSync(from, { force: true });
    for (const folder of made.reverse()) removeEmpty(folder);
    throw explained(error, at);
  }
}

/** Removes folders that were made in vain; those with content stay. */
function removeEmpty(folder: string): void {
  for (const name of readdirSync(folder))
    if (statSync(join(folder, name)).isDirectory()) removeEmpty(join(folder, name));
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}

function standsInTheWay(path: string, wanted: 'a file' | 'a folder', other: 'file' | 'folder'): UserMistake {
  const message = `${path} cannot be ${wanted}: a ${other} stands in its way`;
  const hint = `choose another folder, or move the ${other} away`;
  const code = wanted === 'a folder' ? 'not-a-folder' : 'not-a-file';
  return new UserMistake([{ severity: 'error', code, message, hint }]);
}

function explained(error: unknown, folder: string): Error {
  const { code, errno } = error as NodeJS.ErrnoException;
  // Contents are made during writing: errors that do not come from the disk keep their own messages.
  if (error instanceof Error && errno === undefined) return error;
  if (code === 'ENOTDIR' || code === 'EEXIST') return standsInTheWay(folder, 'a folder', 'file');
  return new EnvironmentFailure(say('cannot-write/explained', { folder, why: reason(error) }));
}
