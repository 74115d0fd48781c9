/** `--json` is one document, whatever happens: every command runs as a process, and its schema under schema/ judges it. */
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { documentedCommands, outputSchemaPath } from '../../scripts/generators/output-schemas.ts';
import { packagePath } from '../../src/base/files/package-root.ts';
import { builtCli } from '../support/built-cli.ts';
import { knode } from '../support/cli-process.ts';
import { manifestOf, writeManifest } from '../support/golden-image-manifest.ts';
import { type S3Server, s3Environment, startS3 } from '../support/s3-server.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';
import { freshCluster, freshFolder, secretPattern } from './fixture.ts';
import { lockedCluster, type MirrorCluster, mirrorCluster, pullIt } from './mirror/fixture.ts';

// Each test starts several processes.
vi.setConfig({ testTimeout: 120_000 });

let [upstream, s3] = [{} as Upstream, {} as S3Server];
let [pulled, empty] = [{} as MirrorCluster, {} as MirrorCluster];
let [rendered, bin, target] = ['', '', [] as readonly string[]];

beforeAll(async () => {
  [upstream, s3] = [await startUpstream(), await startS3()];
  pulled = await lockedCluster(upstream);
  await pullIt(pulled);
  empty = mirrorCluster(upstream.hosts);
  rendered = freshCluster();
  await knode(['-f', rendered, 'render', '--all', '-o', join(dirname(rendered), 'out')], { cwd: dirname(rendered) });
  bin = freshFolder();
  const script = `#!/bin/bash\ncase $1 in version) echo "Packer v1.6.6" ;; build) for w; do case $w in output=*) o=\${w#output=} ;; esac; last=$w; done\n  i=$(sed -n 's/.*"image_name": "\\(.*\\)".*/\\1/p' "$last/knode.auto.pkrvars.json"); echo packer says; echo {} >"$o/$i.json" ;; esac\n`;
  writeFileSync(join(bin, 'packer'), script);
  chmodSync(join(bin, 'packer'), 0o755);
  target = ['s3://artifacts/knode', '--endpoint-url', s3.endpoint];
}, 120_000);
afterAll(async () => {
  await upstream.close();
  await s3.close();
});

const withTokens = (text: string): string =>
  text.replace(/version: 1\.\d+\.\d+/, '$&\n  bootstrap: { method: token-secret }');

/** Validates against the schema as it is published. */
function schemaOf(command: string): z.ZodType {
  const schema: unknown = JSON.parse(readFileSync(packagePath(outputSchemaPath(command)), 'utf8'));
  return z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
}

interface Answer {
  readonly code: number | null;
  readonly document: { readonly error?: readonly { readonly code: string; readonly option?: string }[] };
  readonly err: string;
}

/** Runs a command with --json: stdout is one document of its schema, without a secret. */
async function json(command: string, args: readonly string[], cwd: string): Promise<Answer> {
  const env = { ...s3Environment, PATH: `${bin}:${process.env.PATH}` };
  const { code, out, err } = await knode(['--json', ...command.split(' '), ...args], { cwd, env });
  const document = JSON.parse(out) as Answer['document'];
  expect([command, args, schemaOf(command).safeParse(document).error?.issues]).toEqual([command, args, undefined]);
  expect(out).not.toMatch(secretPattern);
  expect(out).not.toContain('X-Amz-Signature');
  return { code, document, err };
}

/** A successful run of each command, in a folder with its input; the key names the schema. */
const works: Readonly<Record<string, () => readonly (readonly [cwd: string, ...args: string[]])[]>> = {
  init: () => [
    [freshFolder(), 'prod'],
    [freshFolder(), '--preset', 'smallest', '--dry-run'],
  ],
  validate: () => [[dirname(rendered)], [dirname(pulled.file)]],
  render: () => {
    const cwd = dirname(rendered);
    return [
      [cwd, '--node', 'm1'],
      [cwd, '--all', '-o', 'out'],
      [cwd, '--node', 'w1', '-o', 'w1.yaml'],
      [cwd, '--all', '--files', 'tree', '--dry-run'],
    ];
  },
  explain: () => [
    [dirname(rendered), '--all'],
    [dirname(rendered), '--node', 'm1', '/etc/systemd/system/etcd.service'],
    [dirname(rendered), '--node', 'm1', '/etc/systemd/system/etcd.service:3'],
  ],
  'pki list': () => [[dirname(rendered)], [dirname(rendered), '--calendar']],
  'pki renew': () => [
    [dirname(rendered), '--all', '--dry-run'],
    [dirname(rendered), '*@m1'],
  ],
  'pki export': () => [[dirname(rendered), '-o', join(freshFolder(), 'certificates'), '--keys']],
  'pki requests': () => [[dirname(rendered), '-o', join(freshFolder(), 'requests')]],
  'pki import': () => [[dirname(rendered), freshFolder()]],
  kubeconfig: () => [
    [dirname(rendered)],
    [dirname(rendered), '--user', 'jane', '--group', 'devs', '-o', 'jane.kubeconfig'],
    [dirname(rendered), '--user', 'joe', '--dry-run'],
  ],
  passport: () => [
    [dirname(rendered), '--node', 'w1'],
    [dirname(rendered), '--node', 'w1', '--dry-run'],
  ],
  token: () => {
    const cwd = dirname(freshCluster(withTokens));
    return [[cwd], [cwd, '-o', 'token.yaml'], [cwd, '--dry-run']];
  },
  'mirror lock': () => [[pulled.folder], [empty.folder, '--dry-run']],
  'mirror pull': () => [[pulled.folder], [pulled.folder, '-o', 'other'], [pulled.folder, '--dry-run']],
  'mirror push': () => [
    [pulled.folder, ...target, '--dry-run'],
    [pulled.folder, ...target],
    [pulled.folder, ...target],
  ],
  'mirror verify': () => [
    [pulled.folder, 'mirror', '--deep'],
    [pulled.folder, ...target],
  ],
  'mirror ls': () => [
    [pulled.folder, 'mirror'],
    [pulled.folder, ...target],
  ],
  'mirror gc': () => [[pulled.folder, 'mirror', '--keep', 'knode.lock.yaml']],
  'mirror presign': () => [
    [pulled.folder, ...target, '--expires', '1h'],
    [pulled.folder, ...target, '--expires', '1h', '-o', 'urls.json'],
  ],
  'image template': () => [[dirname(rendered), '--builder', 'null', '--role', 'worker', '-o', 'build']],
  'image build': () => [[dirname(rendered), '--builder', 'null', '--role', 'worker', '-o', 'images']],
  'image inspect': () => [[dirname(rendered), writeManifest(manifestOf(join(dirname(rendered), 'build')))]],
  schema: () => [[freshFolder()]],
  completion: () => ['bash', 'zsh', 'fish'].map((shell) => [freshFolder(), shell] as const),
};

describe('every command', () => {
  test('has a schema, and there are no other schemas', () => {
    // A page for each command, as `--help` says (test/docs); those with commands below them do nothing themselves.
    const pages = readdirSync(packagePath('docs/commands')).filter((name) => name !== 'README.md');
    const leaves = pages.filter(
      (name) => !readFileSync(packagePath('docs/commands', name), 'utf8').includes('## Commands'),
    );
    const names = leaves.map((name) => name.replace('.md', '')).sort();
    expect(documentedCommands.map((one) => one.replaceAll(' ', '-')).sort()).toEqual(names);
    // `mirror serve` has a test of its own: it does not end.
    expect([...Object.keys(works), 'mirror serve'].sort()).toEqual([...documentedCommands].sort());
    const files = [...documentedCommands, 'error'].map((one) => outputSchemaPath(one).replace('schema/output/', ''));
    expect(readdirSync(packagePath('schema/output')).sort()).toEqual(files.sort());
  });

  test.each(Object.keys(works))('%s prints what its schema says', async (command) => {
    for (const [cwd, ...args] of works[command]?.() ?? []) {
      const { code, document } = await json(command, args, cwd);
      expect([args, code, document.error]).toEqual([args, 0, undefined]);
    }
  });

  test.each([...Object.keys(works), 'mirror serve'])(
    '%s: an unknown option and a failure are documents',
    async (command) => {
      const usage = await json(command, ['--nonsense', '--more=1'], freshFolder());
      expect([usage.code, usage.err]).toEqual([2, '']);
      const options = usage.document.error?.map(({ option }) => option);
      expect(options).toEqual(expect.arrayContaining(['--nonsense', '--more']));
    },
  );
});

describe('failures', () => {
  const commands = Object.keys(works).filter((one) => !['init', 'schema', 'completion'].includes(one));
  /** Arguments that are there but lead nowhere. */
  const wrong: Readonly<Record<string, readonly string[]>> = {
    init: ['--preset', 'none'],
    'pki export': ['-o', 'new'],
    'pki requests': ['-o', 'new'],
    'pki import': ['none.pem'],
    'mirror push': ['s3://artifacts'],
    'mirror verify': ['none', '--quiet'],
    'mirror ls': ['none'],
    'mirror gc': ['none', '--keep', 'none.yaml'],
    'mirror presign': ['s3://artifacts', '--expires', '1h'],
    'image template': ['--builder', 'null', '--all-roles', '-o', 'new'],
    'image build': ['--builder', 'null', '--all-roles'],
    'image inspect': ['none.json'],
    'mirror serve': ['none'],
  };

  test.each([...commands, 'init', 'mirror serve'])('%s tells its mistakes in the document alone', async (command) => {
    const { code, document, err } = await json(command, wrong[command] ?? [], freshFolder());
    expect([code, err]).toEqual([1, '']);
    expect(document.error?.length).toBeGreaterThan(0);
  });

  test('a failure is reported beside the results so far', async () => {
    const verify = await json('mirror verify', ['mirror', '--lock', 'knode.lock.yaml'], pulled.folder);
    expect(verify).toExit(0);
    const cluster = await lockedCluster(upstream);
    mkdirSync(join(cluster.folder, 'mirror'));
    const index = { apiVersion: 'knode.dev/v1', kind: 'MirrorIndex', artifacts: [] };
    writeFileSync(join(cluster.folder, 'mirror', 'index.json'), JSON.stringify(index));
    const bad = await json('mirror verify', ['mirror'], cluster.folder);
    expect([bad.code, bad.document]).toMatchObject([1, { ok: false, error: [{ code: 'mirror-not-right' }] }]);
    upstream.files.clear();
    const lock = await json('mirror lock', [], mirrorCluster(upstream.hosts).folder);
    expect(lock).toExit(3);
    expect(lock.document).toMatchObject({ changes: [], failed: expect.any(Array), error: expect.any(Array) });
    const broken = freshCluster((text) => text.replace('podCIDR', 'podCDIR'));
    const validated = await json('validate', [], dirname(broken));
    expect(validated.document).toMatchObject({ valid: false, error: [{ code: 'unknown-key', span: { column: 3 } }] });
  });

  test('without a command, or with an unknown one', async () => {
    for (const args of [[], ['pki'], ['rendr'], ['pki', 'lst'], ['-f']]) {
      const { code, out } = await knode(['--json', ...args], { cwd: freshFolder() });
      expect([args, code]).toEqual([args, 2]);
      expect(schemaOf('error').safeParse(JSON.parse(out)).error).toBeUndefined();
    }
  });

  test('of the environment end with 3', async () => {
    const file = freshCluster();
    writeFileSync(join(dirname(file), 'state'), '');
    const { code, document } = await json('render', ['--state', 'state', '--node', 'w1'], dirname(file));
    expect([code, document.error?.length]).toEqual([3, 1]);
  });
});

test('secrets go to files: the document names their paths', async () => {
  const cwd = dirname(freshCluster());
  const kubeconfig = await json('kubeconfig', ['-o', 'admin'], cwd);
  expect(kubeconfig.document).toMatchObject({
    output: 'admin',
    user: 'admin',
    groups: ['system:masters'],
    certificate: { id: 'user-admin', notAfter: expect.stringMatching(/^\d{4}-/) },
  });
  expect(readFileSync(join(cwd, 'admin'), 'utf8')).toContain('client-key-data');
  const joins = dirname(freshCluster(withTokens));
  const token = await json('token', ['-o', 'token.yaml'], joins);
  expect(token.document).toMatchObject({
    output: 'token.yaml',
    secret: { name: expect.stringMatching(/^bootstrap-token-[a-z0-9]{6}$/), namespace: 'kube-system' },
  });
  expect(readFileSync(join(joins, 'token.yaml'), 'utf8')).toContain('token-secret: ');
  const unwritten = await json('kubeconfig', ['--user', 'jane'], cwd);
  expect(unwritten.document).toMatchObject({ output: null, certificate: { id: 'user-jane' } });
});

test('mirror serve prints its document when it listens, and ends with 0', async () => {
  const args = ['--json', 'mirror', 'serve', 'mirror', '--listen', '127.0.0.1:0'];
  const child = spawn(process.execPath, [builtCli(), ...args], {
    cwd: pulled.folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  await new Promise<void>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      resolve();
    });
  });
  const document = schemaOf('mirror serve').parse(JSON.parse(out)) as { url: string };
  await (await fetch(`${document.url}index.json`)).text();
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
  const [line = ''] = err.split('\n').filter((one) => one.startsWith('{'));
  expect(JSON.parse(line)).toMatchObject({ method: 'GET', url: '/index.json', status: 200 });
});

test('a signal is reported in the document, too', async () => {
  const cluster = await lockedCluster(upstream, {});
  s3.fault = () => ({ status: 503, code: 'SlowDown' });
  const env = { ...process.env, ...s3Environment };
  const args = ['--json', 'mirror', 'ls', ...target];
  const child = spawn(process.execPath, [builtCli(), ...args], {
    cwd: cluster.folder,
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  const before = s3.seen.length;
  while (s3.seen.length === before) await new Promise((resolve) => setTimeout(resolve, 20));
  const ended = new Promise((resolve) => child.on('close', (_, signal) => resolve(signal)));
  child.kill('SIGINT');
  expect(await ended).toBe('SIGINT');
  s3.fault = () => undefined;
  expect(schemaOf('mirror ls').parse(JSON.parse(out))).toMatchObject({ error: [{ code: 'interrupted' }] });
  expect(existsSync(join(cluster.folder, 'mirror'))).toBe(false);
});
