import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of knode's package.json, above this module: it is deeper in `src/` than in what the build makes of it. */
function findRoot(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : findRoot(dirname(folder));
}

const root = findRoot(import.meta.dirname);

/** Absolute path of a file or folder that ships with knode (`templates/`, `facts/`, `artifacts/`, `schema/`). */
export function packagePath(...segments: readonly string[]): string {
  return join(root, ...segments);
}
