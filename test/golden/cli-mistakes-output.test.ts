import { chmodSync, closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { freshCluster } from '../commands/fixture.ts';
import { knode } from '../support/cli-process.ts';
import { type CliMistake, checkable, checkMistake } from './cli-mistake.ts';

const render = ['render', '--node', 'w1'];

function folderWith(path: string, mode = 0o755) {
  return (folder: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), 'mine\n');
    chmodSync(dirname(join(folder, path)), mode);
  };
}

const mistakes: readonly CliMistake[] = [
  {
    name: 'files-not-empty',
    args: [...render, '--files', 'tree'],
    code: 1,
    state: true,
    arrange: folderWith('tree/a'),
  },
  { name: 'files-is-file', args: [...render, '--files', 'tree'], code: 1, state: true, arrange: folderWith('tree') },
  { name: 'output-is-file', args: [...render, '-o', 'out'], code: 1, state: true, arrange: folderWith('out') },
  {
    name: 'output-below-file',
    args: [...render, '-o', 'out/seeds'],
    code: 1,
    state: true,
    arrange: folderWith('out'),
  },
  {
    name: 'output-node-is-file',
    args: ['render', '--role', 'worker', '--index', '0', '-o', 'out'],
    code: 1,
    state: true,
    arrange: folderWith('out/w1'),
  },
  {
    name: 'output-not-writable',
    args: [...render, '-o', 'out'],
    code: 3,
    state: true,
    unprivileged: true,
    arrange: folderWith('out/a', 0o555),
  },
  {
    name: 'files-not-writable',
    args: [...render, '--files', 'out/tree'],
    code: 3,
    state: true,
    unprivileged: true,
    arrange: folderWith('out/a', 0o555),
  },
  { name: 'init-over-files', args: ['init', 'prod'], code: 1 },
];

describe.concurrent('a mistake in where to write', () => {
  test.each(checkable(mistakes))('$name', { timeout: 120_000 }, checkMistake);

  test('a full disk behind stdout', { timeout: 120_000 }, async () => {
    const full = openSync('/dev/full', 'w');
    try {
      const { code, err } = await knode(render, { cwd: dirname(freshCluster()), stdout: full });
      expect(err).toMatch(/^error: cannot write stdout: ENOSPC.* \[cannot-write\]\n {2}help: check the free space/m);
      expect([code, err.includes('    at ')]).toEqual([3, false]);
    } finally {
      closeSync(full);
    }
  });
});
