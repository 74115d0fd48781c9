import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeSingleFile } from '../../scripts/bundle/forms.ts';
import { packagePath } from '../../src/base/files/package-root.ts';
import { tempFolder } from '../support/temp-folder.ts';

const work = tempFolder('single');
const home = join(work, 'home');
const program = join(work, 'knode.cjs');

/** Runs a program in an empty environment: nothing of the checkout can help it. */
function run(command: string, ...args: string[]) {
  const s3 = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: 'us-east-1' };
  const env = { PATH: '/usr/bin:/bin', HOME: home, LANG: 'C.UTF-8', NODE_DISABLE_COMPILE_CACHE: '1', ...s3 };
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: home, env, encoding: 'utf8' });
  return { code: status, stdout, stderr };
}

function node(...args: string[]) {
  return run(process.execPath, ...args);
}

/** As docs/single-executable.md says it. */
function makeExecutable(executable: string): void {
  const blob = join(work, 'knode.blob');
  const config = join(work, 'sea.json');
  writeFileSync(config, JSON.stringify({ main: program, output: blob, disableExperimentalSEAWarning: true }));
  expect(node('--experimental-sea-config', config)).toExit(0);
  copyFileSync(process.execPath, executable);
  const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';
  const postject = packagePath('node_modules/postject/dist/cli.js');
  expect(node(postject, executable, 'NODE_SEA_BLOB', blob, '--sentinel-fuse', fuse)).toExit(0);
}

beforeAll(async () => {
  for (const name of ['package.json', 'templates', 'facts', 'artifacts', 'packer', 'schema', 'examples'])
    cpSync(packagePath(name), join(work, name), { recursive: true });
  mkdirSync(home);
  await writeSingleFile(program);
}, 120_000);

/** The main job, from nothing, in a folder without libraries. */
function worksWith(knode: (...args: string[]) => ReturnType<typeof run>): void {
  rmSync(home, { recursive: true });
  mkdirSync(home);
  const { version } = JSON.parse(readFileSync(packagePath('package.json'), 'utf8'));
  expect(knode('--version')).toExit(0, { stdout: `${version}\n` });
  expect(knode('--help')).toExit(0, { stdout: expect.stringContaining('Usage: knode') });
  expect(knode('init', 'alone')).toExit(0);
  expect(knode('validate')).toExit(0, { stdout: expect.stringContaining('is valid') });
  expect(knode('render', '--role', 'control-plane', '--index', '0')).toExit(0, {
    stdout: expect.stringMatching(/^#cloud-config\n/),
  });
  // The S3 client is loaded only here.
  expect(knode('mirror', 'presign', 's3://bucket', '--expires', '1h')).toExit(0, {
    stdout: expect.stringContaining('X-Amz-Signature'),
  });
}

describe('knode as one file', () => {
  it('runs from a folder without libraries', () => {
    worksWith((...args) => node(program, ...args));
  }, 60_000);

  it('says what is missing if its data files are not beside it', () => {
    const apart = join(work, 'apart');
    mkdirSync(apart);
    copyFileSync(program, join(apart, 'knode.cjs'));
    rmSync(join(work, 'facts'), { recursive: true });
    const ended = node(join(apart, 'knode.cjs'), '--version');
    cpSync(packagePath('facts'), join(work, 'facts'), { recursive: true });
    expect(ended).toExit(1, { stderr: expect.stringContaining('must lie beside the program') });
  });

  it('is a single executable application of Node', () => {
    const executable = join(work, 'knode');
    makeExecutable(executable);
    worksWith((...args) => run(executable, ...args));
  }, 120_000);
});
