import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { packagePath } from '../../src/base/files/package-root.ts';
import { builtCli } from '../support/built-cli.ts';
import { freshCluster, freshFolder, secretPattern } from './fixture.ts';

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function run(command: readonly string[], env: NodeJS.ProcessEnv, cwd: string): Ended {
  const options = { cwd, encoding: 'utf8', env: { ...process.env, ...env } } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, command, options);
  return { code: status, out: stdout, err: stderr };
}

/** The real program, in a process of its own. */
const knode = (args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd = freshFolder()) =>
  run([builtCli(), ...args], env, cwd);

describe('exit code 0', () => {
  test('help and version', () => {
    expect(knode(['--version'])).toExit(0, { out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), err: '' });
    const help = knode(['--help']);
    expect(help).toExit(0, { err: '' });
    expect(help.out).toContain('Exit codes: 0 success, 1 a mistake in the input, 2 wrong usage, 3 ');
  });

  test('from nothing to user-data', () => {
    const cwd = freshFolder();
    expect(knode(['init', 'prod'], {}, cwd)).toExit(0, { err: '' });
    expect(knode(['validate'], {}, cwd)).toExit(0, { err: '' });
    const { code, out, err } = knode(['render', '--role', 'master', '--index', '0'], {}, cwd);
    expect([code, out.split('\n')[0]]).toEqual([0, '#cloud-config']);
    expect(err).not.toMatch(secretPattern);
  });

  test('SOURCE_DATE_EPOCH fixes the clock', () => {
    const file = freshCluster();
    knode(['-f', file, 'render', '--node', 'w1'], { SOURCE_DATE_EPOCH: '1700000000' });
    const { out } = knode(['-f', file, 'pki', 'list', '--json'], { SOURCE_DATE_EPOCH: '1700000000' });
    expect(out).toMatch(/"notBefore": "2023-11-14T/);
  });
});

describe('--quiet', () => {
  test('suppresses notices, but not data and errors', () => {
    const file = freshCluster();
    const loud = knode(['-f', file, 'kubeconfig']);
    expect(loud.err).toContain('knode: made ');
    const quiet = knode(['-f', file, '--quiet', 'render', '--node', 'w1']);
    expect(quiet).toExit(0, { err: '', out: expect.stringMatching(/^#cloud-config\n/) });
    const wrong = knode(['-f', file, '--quiet', 'render', '--node', 'w9']);
    expect(wrong).toExit(1, { err: expect.stringContaining("there is no node 'w9'") });
  });
});

describe('exit code 1: the user’s mistake', () => {
  test('in the cluster file', () => {
    const file = freshCluster((text) => text.replace('podCIDR', 'podCDIR'));
    const { code, out, err } = knode(['-f', file, 'validate']);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^.*cluster\.yaml:\d+:3: error: unknown key 'podCDIR' in network \[unknown-key\]\n/);
    expect(err).not.toContain('\u001b[');
    expect(err).not.toContain('    at ');
  });

  test('as JSON it is on stdout only', () => {
    const file = freshCluster((text) => text.replace('podCIDR', 'podCDIR'));
    const { code, out, err } = knode(['-f', file, '--json', 'validate']);
    expect([code, err]).toEqual([1, '']);
    const mistake = { code: 'unknown-key' };
    expect(JSON.parse(out)).toMatchObject({ valid: false, diagnostics: [mistake], error: [mistake] });
  });

  test('no cluster file', () => {
    const { code, err } = knode(['validate']);
    expect([code, err]).toEqual([1, expect.stringContaining('knode init')]);
  });
});

describe('exit code 2: wrong usage', () => {
  test.each([
    [['rendr']],
    [['render', '--rol', 'master']],
    [['render', '--role']],
    [['validate', 'extra', 'words']],
    [['pki', 'lst']],
    [['completion', 'tcsh']],
    [[]],
  ])('%j', (args) => {
    const { code, out, err } = knode(args);
    expect([code, out]).toEqual([2, '']);
    expect(err).not.toContain('    at ');
  });
});

describe('exit code 3: the environment', () => {
  test('a state folder that is a file', () => {
    const file = freshCluster();
    const state = join(dirname(file), 'state');
    writeFileSync(state, '');
    const { code, out, err } = knode(['-f', file, '--state', state, 'render', '--node', 'w1']);
    expect([code, out]).toEqual([3, '']);
    expect(err).toMatch(/error: /);
    expect(err).not.toContain('    at ');
  });

  test('an output that cannot be written', () => {
    const { code, err } = knode(['-f', freshCluster(), 'render', '--node', 'w1', '-o', 'x'.repeat(300)]);
    expect([code, err]).toEqual([3, expect.stringContaining('cannot write')]);
  });
});

test('a file that may not be read is a mistake', () => {
  const file = freshCluster();
  chmodSync(file, 0);
  const answer = knode(['-f', file, 'validate']);
  // root reads everything.
  if (process.getuid?.() === 0) expect(answer).toExit(0);
  else expect(answer).toExit(1, { err: expect.stringContaining('permission denied') });
});

test('a reader that stops early is not a failure', () => {
  const script = '"$@" | head -n 1; exit "${PIPESTATUS[0]}"';
  const args = [process.execPath, builtCli(), 'schema'];
  expect(execFileSync('bash', ['-c', script, 'bash', ...args], { encoding: 'utf8' })).toBe('{\n');
});

test('help loads neither zod nor node-forge nor yaml nor ejs', () => {
  const folder = freshFolder();
  const [hook, loader] = [join(folder, 'hook.mjs'), join(folder, 'loader.mjs')];
  writeFileSync(hook, `import { register } from 'node:module';\nregister(${JSON.stringify(pathToFileURL(loader))});\n`);
  writeFileSync(
    loader,
    `import { writeSync } from 'node:fs';
export const load = (url, context, next) => { writeSync(2, 'loaded ' + url + '\\n'); return next(url, context); };\n`,
  );
  // From source, where every library is a module of its own.
  const source = ['--import', import.meta.resolve('tsx'), packagePath('src/cli.ts')];
  const loaded = (args: readonly string[]) =>
    run([...source, ...args], { NODE_OPTIONS: `--import ${hook}` }, folder).err;
  const heavy = /node_modules\/(zod|node-forge|yaml|ejs|ipaddr\.js|smol-toml)\//;
  expect(loaded(['--help'])).toContain('node_modules/commander/');
  expect(loaded(['--help'])).not.toMatch(heavy);
  expect(loaded(['render', '--help'])).not.toMatch(heavy);
  expect(loaded(['schema'])).toMatch(heavy);
});
