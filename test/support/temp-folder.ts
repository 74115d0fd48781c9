import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folders = new Set<string>();

/** A new folder for a test; it may hold keys, so it goes when its test file has ended. */
export function tempFolder(purpose: string): string {
  const folder = mkdtempSync(join(tmpdir(), `knode-${purpose}-`));
  folders.add(folder);
  return folder;
}

export function removeTempFolders(): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  folders.clear();
}
