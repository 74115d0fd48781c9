/** Builds knode once a run, beside the libraries that it asks for: a process from source spends a second on compiling itself. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { packagePath } from '../../src/base/files/package-root.ts';

const builds = packagePath('node_modules', '.cache', 'knode-test');

export function setup(): (() => void) | undefined {
  // vitest calls this for each of its projects.
  if (process.env.KNODE_TEST_CLI !== undefined) return undefined;
  mkdirSync(builds, { recursive: true });
  // Of a run that was killed.
  for (const pid of readdirSync(builds))
    if (!existsSync(`/proc/${pid}`)) rmSync(join(builds, pid), { recursive: true, force: true });
  const folder = join(builds, `${process.pid}`);
  execFileSync(process.execPath, ['--import', 'tsx', packagePath('scripts/build.ts'), join(folder, 'dist')], {
    cwd: packagePath('.'),
    stdio: 'inherit',
  });
  process.env.KNODE_TEST_CLI = join(folder, 'dist', 'cli.cjs');
  // Tests leave nothing in the home directory; those of the cache itself switch it on.
  process.env.NODE_DISABLE_COMPILE_CACHE = '1';
  return () => rmSync(folder, { recursive: true, force: true });
}
