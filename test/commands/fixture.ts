import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fixedClock } from '../../src/base/clock.ts';
import { UserMistake } from '../../src/base/failure.ts';
import { init } from '../../src/commands/init.ts';
import type { CommandIo } from '../../src/commands/io.ts';
import { tempFolder } from '../support/temp-folder.ts';

export interface MemoryIo extends CommandIo {
  readonly out: () => string;
  readonly err: () => string;
}

/** An io that records a command's output. */
export function memoryIo(now = '2026-11-21T08:00:00Z'): MemoryIo {
  let [out, err] = ['', ''];
  return {
    stdout: (text) => {
      out += text;
    },
    stderr: (text) => {
      err += text;
    },
    out: () => out,
    err: () => err,
    colour: false,
    clock: fixedClock(now),
    randomBytes,
  };
}

export function freshFolder(): string {
  return tempFolder('commands');
}

/** A folder with the cluster file and the lock of `knode init`; returns the cluster file's path. */
export function freshCluster(change: (text: string) => string = (text) => text): string {
  const file = join(freshFolder(), 'cluster.yaml');
  init({ file, name: 'prod' }, memoryIo());
  writeFileSync(file, change(readFileSync(file, 'utf8')));
  return file;
}

/** Everything below a folder: path, mode and content. */
export function tree(folder: string): Record<string, string> {
  const paths = (readdirSync(folder, { recursive: true }) as string[]).sort();
  return Object.fromEntries(
    paths.map((path) => {
      const stat = statSync(join(folder, path));
      const mode = (stat.mode & 0o777).toString(8);
      return [path, stat.isDirectory() ? `${mode}/` : `${mode} ${readFileSync(join(folder, path), 'utf8')}`];
    }),
  );
}

/** `code: message | hint` of each mistake that the work ends in. */
export async function mistakes(work: () => unknown): Promise<string[]> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof UserMistake)) throw error;
    return error.diagnostics.map((one) => `${one.code}: ${one.message} | ${one.hint}`);
  }
  return [];
}

/** Secrets that must never be shown: private keys, and a bootstrap token's text. */
export const secretPattern: RegExp = /BEGIN (EC |RSA )?PRIVATE KEY|\b[a-z0-9]{6}\.[a-z0-9]{16}\b/;
