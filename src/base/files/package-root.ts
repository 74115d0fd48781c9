import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of knode's package.json, above this module. The module is deeper in `src/` than in the build output. */
function findRoot(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : findRoot(dirname(folder));
}

const root = findRoot(import.meta.dirname);

/** Absolute path of a file or folder that ships with knode (`templates/`, `facts/`, `artifacts/`, `schema/`). */
export function packagePath(...segments: readonly string[]): string {
  return join(root, ...segments);
}
