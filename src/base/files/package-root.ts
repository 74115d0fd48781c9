import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The folder that holds knode's data files, at or above this module: the package, or the folder of a single executable. The module is
 * deeper in `src/` than in the build output. A package.json alone proves nothing: an executable may lie in another project.
 */
function findRoot(folder: string): string {
  if (existsSync(join(folder, 'facts/kubernetes-minors.json'))) return folder;
  const above = dirname(folder);
  if (above === folder)
    throw new Error(
      `knode's data files are missing: facts/ and templates/ must lie beside the program (${process.argv[1]})`,
    );
  return findRoot(above);
}

const root = findRoot(import.meta.dirname);

/** Absolute path of a file or folder that ships with knode (`templates/`, `facts/`, `artifacts/`, `schema/`). */
export function packagePath(...segments: readonly string[]): string {
  return join(root, ...segments);
}
