import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { packagePath } from '../../src/base/files/package-root.ts';

/** A file of the repository that is made from the code: never edited by hand. */
export interface GeneratedFile {
  /** Relative to the root of the repository. */
  readonly path: string;
  readonly content: string;
}

function onDisk(path: string): string | undefined {
  const file = packagePath(path);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/** Files whose text on disk differs from the code's output. */
export function stale(files: readonly GeneratedFile[]): readonly GeneratedFile[] {
  return files.filter(({ path, content }) => onDisk(path) !== content);
}

/** Writes the differing files, or with `--check` only lists them and sets exit code 1. */
export function publish(files: readonly GeneratedFile[], script: string): void {
  const check = process.argv.includes('--check');
  for (const { path, content } of stale(files)) {
    if (check) {
      process.exitCode = 1;
      console.error(`${path} is not what the code makes: run npm run ${script}`);
      continue;
    }
    const file = packagePath(path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    console.log(`wrote ${relative(process.cwd(), file)}`);
  }
}
