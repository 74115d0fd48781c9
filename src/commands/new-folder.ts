import { existsSync, readdirSync, statSync } from 'node:fs';
import { UserMistake } from '../base/failure.ts';
import { type TreeFile, writeNewFolder } from '../base/files/write-tree.ts';
import type { CommandIo, GlobalOptions } from './io.ts';

/** Refuses a folder before anything is made for it: knode must not mix files with existing content. */
export function demandNewFolder(folder: string): void {
  if (!existsSync(folder)) return;
  const isFolder = statSync(folder).isDirectory();
  if (isFolder && readdirSync(folder).length === 0) return;
  const [code, message] = isFolder
    ? ['folder-not-empty', `${folder} is not empty`]
    : ['not-a-folder', `${folder} is a file`];
  throw new UserMistake([{ severity: 'error', code, message, hint: 'name a folder that does not exist yet' }]);
}

/** Writes the folder as a whole, or lists what it would contain. */
export function writeOrTell(folder: string, files: readonly TreeFile[], options: GlobalOptions, io: CommandIo): void {
  if (!options.dryRun) {
    writeNewFolder(folder, files);
    return;
  }
  for (const { path, mode } of files) io.stdout(`write ${folder}/${path} (${mode})\n`);
  io.stdout('dry run: nothing was written\n');
}
