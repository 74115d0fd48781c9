import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { EnvironmentFailure, UserMistake } from './failure.ts';

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
 * Writes a folder as a whole: it is built beside its place and renamed into it, so that nobody ever sees half of it. The folder
 * itself is 0700, because it holds keys.
 * @throws UserMistake when the folder is there and is not empty: what it holds is not ours to remove.
 */
export function writeNewFolder(folder: string, files: readonly TreeFile[]): void {
  if (existsSync(folder) && !statSync(folder).isDirectory()) {
    const hint = 'name a folder that does not exist yet';
    throw new UserMistake([{ severity: 'error', code: 'not-a-folder', message: `${folder} is a file`, hint }]);
  }
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    const hint = 'choose a new folder, or remove this one';
    throw new UserMistake([{ severity: 'error', code: 'folder-not-empty', message: `${folder} is not empty`, hint }]);
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
    throw new EnvironmentFailure(
      'cannot-write',
      `cannot write ${folder}: ${reason(error)}`,
      'check the folder’s permissions and free space',
    );
  }
}

function writeInto(folder: string, file: TreeFile): void {
  const path = join(folder, file.path);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, file.content, { mode: Number.parseInt(file.mode, 8) });
  // The process's umask may have taken bits away.
  chmodSync(path, Number.parseInt(file.mode, 8));
}

/** Replaces single files of a folder that may hold others: each by a rename, each whole. */
export function replaceFiles(folder: string, files: readonly TreeFile[]): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const file of files) {
      const staged = { ...file, path: `${file.path}.new` };
      try {
        writeInto(folder, staged);
        renameSync(join(folder, staged.path), join(folder, file.path));
      } catch (error) {
        // It may hold keys.
        rmSync(join(folder, staged.path), { force: true });
        throw error;
      }
    }
  } catch (error) {
    throw new EnvironmentFailure(
      'cannot-write',
      `cannot write below ${folder}: ${reason(error)}`,
      'check the folder’s permissions and free space',
    );
  }
}
