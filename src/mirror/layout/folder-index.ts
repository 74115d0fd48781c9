import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from '../../base/diagnostic.ts';
import { EnvironmentFailure } from '../../base/failure.ts';
import { replaceFiles } from '../../base/files/write-tree.ts';
import { indexKey, sumsKey } from './keys.ts';
import { broken, indexText, type MirrorIndex, maxIndexBytes, parseIndex, sumsText } from './layout.ts';
import { layoutMessages, say } from './messages.ts';

/** Writes the sums and then the index of a folder, each by a rename. The artifacts must already be in place. */
export function writeIndex(folder: string, index: MirrorIndex): void {
  // A web server may run as another user: nothing in a mirror is secret.
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  replaceFiles(folder, [
    { path: sumsKey, content: sumsText(index), mode: '0644' },
    { path: indexKey, content: indexText(index), mode: '0644' },
  ]);
}

/** Reads the index of a folder. A missing index is not an error: the report then has neither value nor diagnostics. */
export function readFolderIndex(folder: string): Report<MirrorIndex> {
  const file = join(folder, indexKey);
  try {
    if (statSync(file).size > maxIndexBytes) return broken(layoutMessages.tooBig(file, maxIndexBytes));
    return parseIndex(readFileSync(file, 'utf8'), file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { diagnostics: [] };
    throw new EnvironmentFailure(say('mirror-unreadable', { file, code }));
  }
}
