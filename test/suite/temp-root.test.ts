/** A run of tests leaves nothing in the temporary folder, however it ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packagePath } from '../../src/base/files/package-root.ts';
import { tempFolder } from '../support/temp-folder.ts';

const vitest = packagePath('node_modules', 'vitest', 'vitest.mjs');

interface Run {
  readonly child: ChildProcess;
  /** Resolves once the test in it has made its folders. */
  readonly ready: Promise<void>;
  readonly ended: Promise<{ readonly code: number | null; readonly out: string }>;
}

/** vitest on `leaving/`, with a temporary folder of its own. */
function run(tmp: string, end: 'pass' | 'fail' | 'wait'): Run {
  const { KNODE_TEST_TMP: _, KNODE_KEEP: __, ...inherited } = process.env;
  const env = { ...inherited, TMPDIR: tmp, END: end };
  const args = [vitest, 'run', '--config', 'test/support/leaving/vitest.config.ts'];
  const child = spawn(process.execPath, args, { cwd: packagePath('.'), env, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  const ready = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (data: string) => {
        out += data;
        if (out.includes('READY')) resolve();
      });
  });
  const ended = new Promise<{ code: number | null; out: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, out })),
  );
  return { child, ready, ended };
}

test.each([
  ['pass', 0],
  ['fail', 1],
] as const)(
  'nothing is left when the tests %s',
  async (end, code) => {
    const tmp = tempFolder('outside');
    expect(await run(tmp, end).ended).toExit(code);
    expect(readdirSync(tmp)).toEqual([]);
  },
  60_000,
);

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'nothing is left after %s',
  async (signal) => {
    const tmp = tempFolder('outside');
    const { child, ready, ended } = run(tmp, 'wait');
    await ready;
    child.kill(signal);
    expect(await ended).not.toExit(0);
    expect(readdirSync(tmp)).toEqual([]);
  },
  60_000,
);

test('leftovers of a killed run are removed by the next, and those of a running one stay', async () => {
  const tmp = tempFolder('outside');
  const { child, ready, ended } = run(tmp, 'wait');
  await ready;
  child.kill('SIGKILL');
  await ended;
  expect(readdirSync(tmp)).toContain(`knode-test-${child.pid}`);
  const living = join(tmp, `knode-test-${process.pid}`);
  mkdirSync(living);
  expect(await run(tmp, 'pass').ended).toExit(0);
  expect(readdirSync(tmp).filter((name) => name.startsWith('knode-'))).toEqual([`knode-test-${process.pid}`]);
  expect(existsSync(living)).toBe(true);
}, 60_000);
