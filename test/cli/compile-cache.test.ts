import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { compileCacheFolder } from '../../src/cli/compile-cache.ts';
import { builtCli } from '../support/built-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

const user = process.geteuid?.();
const own = (home: string, environment: Readonly<Record<string, string>> = {}) =>
  compileCacheFolder({ environment, home, user });

test('the folder is below the home directory, and only its owner reads it', () => {
  const home = tempFolder('home');
  const folder = join(home, '.cache/knode/compiled');
  expect(own(home)).toBe(folder);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

test('XDG_CACHE_HOME, NODE_COMPILE_CACHE and NODE_DISABLE_COMPILE_CACHE decide', () => {
  const home = tempFolder('home');
  const cache = join(home, 'elsewhere');
  expect(own(home, { XDG_CACHE_HOME: cache })).toBe(join(cache, 'knode/compiled'));
  expect(own(home, { XDG_CACHE_HOME: 'relative' })).toBe(join(home, '.cache/knode/compiled'));
  expect(own(home, { NODE_COMPILE_CACHE: '/named' })).toBe('/named');
  expect(own(home, { NODE_DISABLE_COMPILE_CACHE: '1', NODE_COMPILE_CACHE: '/named' })).toBeUndefined();
});

test('a folder of another user, or one that others write to, is not used', () => {
  const home = tempFolder('home');
  expect(compileCacheFolder({ environment: {}, home, user: (user ?? 0) + 1 })).toBeUndefined();
  expect(existsSync(join(home, '.cache'))).toBe(false);
  const shared = join(home, 'shared');
  mkdirSync(shared);
  for (const mode of [0o1777, 0o770]) {
    chmodSync(shared, mode);
    expect(own(home, { XDG_CACHE_HOME: shared })).toBeUndefined();
    expect(own(home, { NODE_COMPILE_CACHE: shared })).toBeUndefined();
  }
  mkdirSync(join(home, '.cache/knode/compiled'), { recursive: true });
  chmodSync(join(home, '.cache/knode/compiled'), 0o777);
  expect(own(home)).toBeUndefined();
});

/** A run of the built program with a cache below `home`. */
const more: NodeJS.ProcessEnv = {};
function run(home: string, ...args: string[]): ReturnType<typeof spawnSync> & { readonly code: number | null } {
  const env = { PATH: process.env.PATH, HOME: home, LANG: 'C.UTF-8', ...more };
  const ended = spawnSync(process.execPath, [builtCli(), ...args], {
    cwd: home,
    env,
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { ...ended, code: ended.status };
}

/** The files of compiled code, however deep, with the time of their last change. */
function compiled(home: string): ReadonlyMap<string, number> {
  const folder = join(home, '.cache/knode/compiled');
  const files = (readdirSync(folder, { recursive: true }) as string[]).filter((name) =>
    statSync(join(folder, name)).isFile(),
  );
  return new Map(files.map((name) => [join(folder, name), statSync(join(folder, name)).mtimeMs]));
}

test('a run keeps compiled code, the next one takes it, and a new command adds its own', () => {
  const home = tempFolder('home');
  expect(run(home, '--help')).toExit(0);
  const first = compiled(home);
  expect(first.size).toBeGreaterThan(0);
  expect(run(home, '--help')).toExit(0, { stderr: '' });
  expect(compiled(home)).toEqual(first);
  expect(run(home, 'init', 'cached')).toExit(0);
  expect(compiled(home).size).toBeGreaterThan(first.size);
});

test('compiled code that is damaged is made again', () => {
  const home = tempFolder('home');
  expect(run(home, '--help')).toExit(0);
  const files = [...compiled(home).keys()];
  for (const file of files) writeFileSync(file, readFileSync(file).subarray(0, 100));
  expect(run(home, '--help')).toExit(0, { stdout: expect.stringContaining('Usage: knode'), stderr: '' });
  for (const file of files) expect(statSync(file).size).toBeGreaterThan(100);
});

test('compiled code with other bytes is made again: V8 would run for ever on some of it', () => {
  const home = tempFolder('home');
  expect(run(home, '--help')).toExit(0);
  const good = [...compiled(home).keys()].map((file) => [file, readFileSync(file)] as const);
  for (const [round, damage] of [
    (bytes: Buffer) => bytes.fill(0, 64),
    (bytes: Buffer) => bytes.fill(0xa5, Math.floor(bytes.length / 2), Math.floor(bytes.length / 2) + 64),
    (bytes: Buffer) => bytes.fill(0),
    (bytes: Buffer) => bytes.subarray(0, 0),
    (bytes: Buffer) => bytes.subarray(0, 3),
  ].entries()) {
    for (const [file, bytes] of good) writeFileSync(file, damage(Buffer.from(bytes)));
    expect([round, run(home, '--help')]).toEqual([round, expect.objectContaining({ code: 0, stderr: '' })]);
    for (const [file, bytes] of good) expect(statSync(file).size).toBeGreaterThan(bytes.length / 2);
  }
});

test('without a folder that can be written, everything works and nothing is said', () => {
  const home = tempFolder('home');
  writeFileSync(join(home, '.cache'), 'a file, where a folder should be');
  expect(run(home, '--help')).toExit(0, { stdout: expect.stringContaining('Usage: knode'), stderr: '' });
});

test.each(['XDG_CACHE_HOME', 'NODE_COMPILE_CACHE'])(
  '%s in a file system that takes no folders stops nobody',
  (name) => {
    for (const folder of ['/proc', '/proc/no/such', '/dev/null/x']) {
      more[name] = folder;
      expect(run(tempFolder('home'), '--version')).toExit(0, { stderr: '' });
    }
    delete more[name];
  },
);

test('a folder of this Node that others write to is not used', () => {
  const home = tempFolder('home');
  expect(run(home, '--help')).toExit(0);
  const [file = ''] = compiled(home).keys();
  chmodSync(dirname(file), 0o777);
  for (const one of compiled(home).keys()) rmSync(one);
  expect(run(home, '--help')).toExit(0);
  expect(compiled(home).size).toBe(0);
});
