import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { type CliMistake, checkable, checkMistake } from './cli-mistake.ts';

const validate = ['validate'];
const render = ['render', '--node', 'w1'];

function change(file: string, edit: (text: string) => string) {
  return (folder: string): void => {
    const path = join(folder, file);
    const text = readFileSync(path, 'utf8');
    const changed = edit(text);
    if (changed === text) throw new Error(`${file} has no such place`);
    writeFileSync(path, changed);
  };
}

const clusterFile: readonly CliMistake[] = [
  { name: 'file-missing', args: validate, code: 1, arrange: (folder) => rmSync(join(folder, 'cluster.yaml')) },
  { name: 'file-missing-named', args: ['-f', 'prod/a.yaml', ...render], code: 1 },
  {
    name: 'file-folder',
    args: ['-f', 'clusters', ...validate],
    code: 1,
    arrange: (folder) => mkdirSync(join(folder, 'clusters')),
  },
  {
    name: 'file-not-readable',
    args: render,
    code: 1,
    unprivileged: true,
    arrange: (folder) => chmodSync(join(folder, 'cluster.yaml'), 0),
  },
  {
    name: 'file-below-closed-folder',
    args: ['-f', 'closed/cluster.yaml', ...validate],
    code: 1,
    unprivileged: true,
    arrange: (folder) => mkdirSync(join(folder, 'closed'), { mode: 0 }),
  },
  {
    name: 'file-not-utf8',
    args: render,
    code: 1,
    arrange: (folder) => appendFileSync(join(folder, 'cluster.yaml'), Buffer.from('# Stra\xdfe\n', 'latin1')),
  },
  {
    name: 'file-50mb',
    args: render,
    code: 1,
    arrange: (folder) => writeFileSync(join(folder, 'cluster.yaml'), Buffer.alloc(50 * 1024 * 1024, '# \n')),
  },
  {
    name: 'file-sparse',
    args: ['-f', 'disk.img', ...validate],
    code: 1,
    arrange: (folder) => {
      writeFileSync(join(folder, 'disk.img'), '');
      truncateSync(join(folder, 'disk.img'), 4 * 1024 ** 2 * 100);
    },
  },
  {
    name: 'file-fifo',
    args: ['-f', 'pipe', ...render],
    code: 1,
    arrange: (folder) => void execFileSync('mkfifo', [join(folder, 'pipe')]),
  },
  { name: 'file-device', args: ['-f', '/dev/zero', ...render], code: 1 },
  {
    name: 'file-link-circle',
    args: ['-f', 'a.yaml', ...validate],
    code: 1,
    arrange: (folder) => symlinkSync('a.yaml', join(folder, 'a.yaml')),
  },
  { name: 'file-not-yaml', args: ['-f', 'knode.lock.yaml', ...render], code: 1 },
];

const choice: readonly CliMistake[] = [
  { name: 'node-none', args: ['render'], code: 1 },
  { name: 'node-unknown', args: ['render', '--node', 'w9'], code: 1 },
  { name: 'role-unknown', args: ['render', '--role', 'minion', '--index', '0'], code: 1 },
  { name: 'role-empty', args: ['render', '--role', 'balancer', '--index', '0'], code: 1 },
  { name: 'found-without-member', args: ['render', '--node', 'w1', '--found'], code: 1 },
  { name: 'index-missing', args: ['render', '--role', 'master'], code: 1 },
  { name: 'index-too-high', args: ['render', '--role', 'master', '--index', '3'], code: 1 },
  { name: 'index-negative', args: ['render', '--role', 'worker', '--index=-1'], code: 1 },
  { name: 'index-not-a-number', args: ['explain', '--role', 'worker', '--index', 'one'], code: 1 },
  { name: 'pool-unknown', args: ['render', '--pool', 'web'], code: 1 },
  { name: 'pool-and-index', args: ['render', '--pool', 'web', '--index', '0'], code: 1 },
  { name: 'all-on-stdout', args: ['render', '--all'], code: 1 },
  { name: 'platform-unknown', args: [...render, '--platform', 'asw'], code: 1 },
  { name: 'certificate-unknown', args: ['pki', 'renew', 'kubelet-w9'], code: 1, state: true },
  { name: 'command-unknown', args: ['rendr'], code: 2 },
  { name: 'option-unknown', args: ['render', '--rol', 'master'], code: 2 },
  { name: 'options-unknown', args: ['render', '--rol=master', '--fomat', 'x', '--node', 'm1', '-o'], code: 2 },
  {
    name: 'options-wrong',
    args: ['render', '--role', 'minion', '--index', 'one', '--format', 'zstd', '--platform', 'asw'],
    code: 1,
  },
  {
    name: 'options-and-file',
    args: ['kubeconfig', '--user', 'a b', '--group', '', 'x'.repeat(65)],
    code: 1,
    arrange: change('cluster.yaml', (text) => text.replace('podCIDR', 'podCDIR')),
  },
  {
    name: 'options-files-missing',
    args: ['render', '--node', 'w9', '--image', 'no.json', '--presigned', 'no.json'],
    code: 1,
  },
  { name: 'epoch-not-a-number', args: render, code: 1, env: { SOURCE_DATE_EPOCH: 'yesterday' } },
  { name: 'epoch-of-1980', args: ['pki', 'list'], code: 0, env: { SOURCE_DATE_EPOCH: '315532800' } },
];

const lock: readonly CliMistake[] = [
  {
    name: 'lock-checksum-not-upstreams',
    args: validate,
    code: 0,
    arrange: change('knode.lock.yaml', (text) =>
      text.replace(/(name: runc\n(?: {4}.*\n)*? {4}sha256: )[0-9a-f]/, '$1z'.replace('z', '0')),
    ),
  },
  {
    name: 'lock-artifact-missing',
    args: render,
    code: 1,
    arrange: change('knode.lock.yaml', (text) => text.replace(/ {2}- name: runc\n(?: {4}.*\n)+/, '')),
  },
  {
    name: 'lock-artifact-missing-strict',
    args: ['validate', '--strict'],
    code: 1,
    arrange: change('knode.lock.yaml', (text) => text.replace(/ {2}- name: runc\n(?: {4}.*\n)+/, '')),
  },
  {
    name: 'lock-checksum-not-hex',
    args: render,
    code: 1,
    arrange: change('knode.lock.yaml', (text) => text.replace(/sha256: ..../, 'sha256: zzzz')),
  },
  {
    name: 'lock-wrong-kind',
    args: render,
    code: 1,
    arrange: change('knode.lock.yaml', (text) => text.replace('kind: Lock', 'kind: Cluster')),
  },
  {
    name: 'lock-edited-by-hand',
    args: render,
    code: 1,
    arrange: change('knode.lock.yaml', (text) =>
      text.replace('    checksumFrom', '    checksumForm').replace('arch: amd64', 'arch: x86'),
    ),
  },
  {
    name: 'lock-other-version',
    args: render,
    code: 1,
    arrange: change('cluster.yaml', (text) => text.replace('1.36.3', '1.36.2')),
  },
  {
    name: 'lock-other-version-of-one',
    args: ['render', '--node', 'm1'],
    code: 1,
    arrange: change('knode.lock.yaml', (text) => text.replace(/(name: etcd\n {4}version: ).*/, '$13.5.21')),
  },
  {
    name: 'lock-not-readable',
    args: render,
    code: 3,
    unprivileged: true,
    arrange: (folder) => chmodSync(join(folder, 'knode.lock.yaml'), 0),
  },
  {
    name: 'lock-cut-off',
    args: render,
    code: 1,
    arrange: change('knode.lock.yaml', (text) => text.slice(0, text.indexOf('sha256') + 20)),
  },
  {
    name: 'lock-empty',
    args: render,
    code: 1,
    arrange: (folder) => writeFileSync(join(folder, 'knode.lock.yaml'), ''),
  },
  { name: 'lock-named-not-there', args: [...render, '--lock', 'other.yaml'], code: 1 },
];

describe.concurrent.each([
  ['the cluster file', clusterFile],
  ['what is asked for', choice],
  ['the lock', lock],
])('a mistake in %s', (_, mistakes) => {
  test.each(checkable(mistakes))('$name', { timeout: 120_000 }, checkMistake);
});
