import {
  chownSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { sha256 } from '../../src/base/digest.ts';
import { packagePath } from '../../src/base/files/package-root.ts';
import { render } from '../../src/commands/render.ts';
import { freshCluster, memoryIo, secretPattern } from '../commands/fixture.ts';
import { canBeUnprivileged, knode, nobody } from '../support/cli-process.ts';

/** Mistakes that only the command line shows: wrong files, surroundings or options. */
export interface CliMistake {
  /** Of the golden: `test/golden/cli-mistakes/<name>.txt`. */
  readonly name: string;
  readonly args: readonly string[];
  /** README.md: 1 the user's, 2 wrong usage, 3 the environment; 0 if knode can handle it. */
  readonly code: 0 | 1 | 2 | 3;
  /** A node was rendered before, so that there is a state. */
  readonly state?: true;
  /** Errors in a folder with a cluster file and a lock. */
  readonly arrange?: (folder: string) => void | Promise<void>;
  /** Root may do everything, so knode runs as somebody else. */
  readonly unprivileged?: true;
  readonly env?: Readonly<Record<string, string>>;
  /** Differences that knode should make; everything else must be unchanged. */
  readonly changes?: readonly string[];
}

/** A folder with the cluster file, the lock and, if wanted, the state of `knode init prod`. */
async function arrange({ state, arrange: harm, unprivileged }: CliMistake): Promise<string> {
  const file = freshCluster();
  const folder = dirname(file);
  if (state) await render({ file, node: 'w1' }, memoryIo(new Date().toISOString()));
  if (unprivileged && process.getuid?.() === 0) giveAway(folder);
  await harm?.(folder);
  return folder;
}

function giveAway(folder: string): void {
  chownSync(folder, nobody, nobody);
  for (const path of readdirSync(folder, { recursive: true }) as string[])
    lchownSync(join(folder, path), nobody, nobody);
}

/** Path, kind, mode and content of everything below a folder; pipes are not opened. */
export function treeOf(folder: string): Record<string, string> {
  const paths = (readdirSync(folder, { recursive: true }) as string[]).sort();
  return Object.fromEntries(
    paths.map((path) => {
      const full = join(folder, path);
      const info = lstatSync(full);
      const kind = info.isFile() ? sha256(readFileSync(full)) : info.isDirectory() ? '/' : 'other';
      return [path, `${(info.mode & 0o7777).toString(8)} ${kind}`];
    }),
  );
}

/** Without the parts that differ between runs. */
function steady(text: string, folder: string): string {
  return text
    .replaceAll(folder, '/home/me')
    .replaceAll(hostname(), 'HOST')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replace(/sha256:[0-9a-f]{8,}/g, 'sha256:DIGEST')
    .replace(/process \d+/g, 'process PID')
    .replace(/\.[a-z]+-[A-Za-z0-9]{6}\b/g, '.STAGED');
}

/** Runs knode into the mistake: words and exit code are as in the golden, and nothing is half-written. */
export async function checkMistake(mistake: CliMistake): Promise<void> {
  const folder = await arrange(mistake);
  const before = treeOf(folder);
  const { code, out, err } = await knode(mistake.args, {
    cwd: folder,
    unprivileged: mistake.unprivileged ?? false,
    env: mistake.env ?? {},
  });
  const after = treeOf(folder);
  for (const path of mistake.changes ?? []) {
    expect(after[path], path).not.toBe(before[path]);
    delete before[path];
    delete after[path];
  }
  expect(after).toEqual(before);
  const said = steady(err, folder);
  checkGolden(mistake.name, `$ knode ${mistake.args.join(' ')}\n${said.trimEnd()}\n\nexit code ${code}\n`);
  expect(code).toBe(mistake.code);
  if (code !== 0) expect(out).toBe('');
  if (code === 1 || code === 3) expect(said).toMatch(/^ {2}help: \S/m);
  expect(said).not.toMatch(secretPattern);
  expect(said).not.toMatch(/^ {4}at /m);
}

function checkGolden(name: string, text: string): void {
  const file = packagePath('test/golden/cli-mistakes', `${name}.txt`);
  const want = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (process.env.KNODE_UPDATE === '1' && text !== want) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  expect(text).toBe(want);
}

/** Cases that this machine cannot check are left out; `canBeUnprivileged` has reported it. */
export function checkable(mistakes: readonly CliMistake[]): readonly CliMistake[] {
  return mistakes.filter(({ unprivileged }) => !unprivileged || canBeUnprivileged);
}
