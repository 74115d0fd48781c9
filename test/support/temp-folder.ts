import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new folder for a test; it may hold keys, so it goes with the process. */
export function tempFolder(purpose: string): string {
  const folder = mkdtempSync(join(tmpdir(), `knode-${purpose}-`));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

// A test file makes many; each is one listener.
process.setMaxListeners(0);
