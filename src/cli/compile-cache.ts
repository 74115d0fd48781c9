import { existsSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { loadPartsCompiled, makeFolder } from './compiled-parts.ts';

/** What the choice of the folder depends on. */
export interface CacheSurroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** Undefined where files have no numeric owner. */
  readonly user: number | undefined;
}

/** Compiled code runs with the user's rights, so its folder must belong to the user, and others must not write to it. */
function isSafe(folder: string, user: number | undefined): boolean {
  const { uid, mode } = statSync(folder);
  return user === undefined || (uid === user && (mode & 0o022) === 0);
}

/**
 * Makes the folder for compiled code: `knode/compiled` below XDG_CACHE_HOME or `~/.cache`. Undefined if no folder there is safe to
 * use: under `sudo`, for example, the home directory belongs to another user.
 * @throws Error if a folder cannot be made or read.
 */
export function compileCacheFolder({ environment, home, user }: CacheSurroundings): string | undefined {
  const { XDG_CACHE_HOME: chosen, NODE_COMPILE_CACHE: named, NODE_DISABLE_COMPILE_CACHE: disabled } = environment;
  if (disabled) return undefined;
  if (named) return existsSync(named) && !isSafe(named, user) ? undefined : named;
  const ownCache = chosen !== undefined && isAbsolute(chosen);
  if (!ownCache && !isSafe(home, user)) return undefined;
  const above = ownCache ? chosen : join(home, '.cache');
  for (const folder of [above, join(above, 'knode'), join(above, 'knode', 'compiled')]) {
    makeFolder(folder);
    if (!isSafe(folder, user)) return undefined;
  }
  return join(above, 'knode', 'compiled');
}

/** The folder for this Node and the user who runs this process. A cache that cannot be used is no reason to stop. */
function ownFolder(): string | undefined {
  const user = process.geteuid?.();
  try {
    const folder = compileCacheFolder({ environment: process.env, home: homedir(), user });
    if (folder === undefined) return undefined;
    const own = join(folder, `${process.version}-${process.arch}`);
    return existsSync(own) && !isSafe(own, user) ? undefined : own;
  } catch {
    return undefined;
  }
}

/**
 * Keeps the compiled code of the bundle's parts for the next start. The compile cache that Node has since 22.1 is not used: it keeps the
 * functions that V8 compiles while it loads a file, not those that run later (docs/benchmarks.md has the difference). Its variables are
 * heard all the same: NODE_COMPILE_CACHE names the folder, NODE_DISABLE_COMPILE_CACHE=1 switches the cache off.
 * @param parts the folder of the bundle's parts.
 */
export function keepCompiledCode(parts: string): void {
  const folder = ownFolder();
  if (folder !== undefined) loadPartsCompiled(parts, folder);
}
