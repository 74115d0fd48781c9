import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { sha256 } from '../../src/base/digest.ts';
import { type ProcessIdentity, thisProcess } from '../../src/state/process-identity.ts';
import { type CliMistake, checkable, checkMistake } from './cli-mistake.ts';

const render = ['render', '--node', 'w1'];
const certificate = '.knode/pki/kubernetes-ca.crt';
const key = '.knode/pki/kubernetes-ca.key';

function lockedBy(holder: ProcessIdentity) {
  return (folder: string): void => {
    const text = JSON.stringify({ ...holder, started: '2026-11-21T08:00:00.000Z', token: 'a' });
    writeFileSync(join(folder, '.knode/lock'), `${text}\n`, { mode: 0o600 });
  };
}

/** A process that ran here and has ended. */
function deadProcess(): ProcessIdentity {
  const { pid } = spawnSync('true');
  return { ...thisProcess(), pid, began: '1' };
}

/** Replaces an entry in a way that the manifest agrees with: nobody half-wrote it. */
function forge(folder: string, path: string, text: string): void {
  const manifest = join(folder, '.knode/state.json');
  const state = JSON.parse(readFileSync(manifest, 'utf8')) as { files: Record<string, string> };
  state.files[path.replace('.knode/', '')] = sha256(text);
  writeFileSync(join(folder, path), text);
  writeFileSync(manifest, JSON.stringify(state));
}

const damage: readonly Omit<CliMistake, 'args' | 'state'>[] = [
  { name: 'state-missing-file', code: 3, arrange: (folder) => rmSync(join(folder, key)) },
  { name: 'state-cut-off-file', code: 3, arrange: (folder) => truncateSync(join(folder, key), 20) },
  {
    name: 'state-cut-off-manifest',
    code: 3,
    arrange: (folder) => truncateSync(join(folder, '.knode/state.json'), 100),
  },
  { name: 'state-missing-manifest', code: 3, arrange: (folder) => rmSync(join(folder, '.knode/state.json')) },
  {
    name: 'state-newer',
    code: 3,
    arrange: (folder) => writeFileSync(join(folder, '.knode/state.json'), '{"version": 2}'),
  },
  {
    name: 'state-extra-file',
    code: 3,
    arrange: (folder) => writeFileSync(join(folder, '.knode/pki/old.key'), 'x', { mode: 0o600 }),
  },
  {
    name: 'state-link',
    code: 3,
    arrange: (folder) => {
      rmSync(join(folder, key));
      symlinkSync('/etc/hostname', join(folder, key));
    },
  },
  {
    name: 'state-key-of-another',
    code: 3,
    arrange: (folder) => forge(folder, key, readFileSync(join(folder, '.knode/pki/etcd-ca.key'), 'utf8')),
  },
  { name: 'state-certificate-garbled', code: 3, arrange: (folder) => forge(folder, certificate, 'no certificate\n') },
  {
    name: 'state-other-cluster',
    code: 1,
    arrange: (folder) => {
      const file = join(folder, 'cluster.yaml');
      writeFileSync(file, readFileSync(file, 'utf8').replace('name: prod', 'name: test'));
    },
  },
];

const access: readonly Omit<CliMistake, 'args' | 'state'>[] = [
  { name: 'state-readable-folder', code: 3, arrange: (folder) => chmodSync(join(folder, '.knode'), 0o755) },
  { name: 'state-readable-key', code: 3, arrange: (folder) => chmodSync(join(folder, key), 0o644) },
  {
    name: 'state-not-readable',
    code: 3,
    unprivileged: true,
    arrange: (folder) => chmodSync(join(folder, '.knode'), 0),
  },
  {
    // w1 has all that it needs.
    name: 'state-read-only',
    code: 0,
    unprivileged: true,
    arrange: (folder) => chmodSync(join(folder, '.knode'), 0o500),
  },
  {
    name: 'state-locked-by-dead',
    code: 0,
    arrange: (folder) => lockedBy(deadProcess())(folder),
    changes: ['.knode/lock'],
  },
  // knode waits half a minute for a run that may be about to end.
  { name: 'state-locked', code: 3, arrange: (folder) => lockedBy(thisProcess())(folder) },
  {
    name: 'state-locked-garbled',
    code: 3,
    arrange: (folder) => writeFileSync(join(folder, '.knode/lock'), '{"pid', { mode: 0o600 }),
  },
];

const elsewhere: readonly CliMistake[] = [
  {
    name: 'state-read-only-and-new-node',
    args: ['render', '--node', 'm1'],
    state: true,
    code: 3,
    unprivileged: true,
    arrange: (folder) => chmodSync(join(folder, '.knode'), 0o500),
  },
  {
    name: 'state-is-file',
    args: ['--state', 'keys', ...render],
    code: 3,
    arrange: (folder) => writeFileSync(join(folder, 'keys'), ''),
  },
  {
    name: 'state-cannot-be-made',
    args: ['--state', 'closed/keys', ...render],
    code: 3,
    unprivileged: true,
    arrange: (folder) => {
      writeFileSync(join(folder, 'a'), '');
      chmodSync(folder, 0o555);
    },
  },
];

const all: readonly CliMistake[] = [
  ...[...damage, ...access].map((one): CliMistake => ({ ...one, args: render, state: true })),
  ...elsewhere,
];

describe.concurrent('a mistake in the state', () => {
  test.each(checkable(all))('$name', { timeout: 180_000 }, checkMistake);
});
