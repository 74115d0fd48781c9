import { spawnSync } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
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

/** Replaces an entry consistently with the manifest, so that it does not look half written. */
function forge(folder: string, path: string, text: string): void {
  const manifest = join(folder, '.knode/state.json');
  const state = JSON.parse(readFileSync(manifest, 'utf8')) as { files: Record<string, string> };
  state.files[path.replace('.knode/', '')] = sha256(text);
  writeFileSync(join(folder, path), text);
  writeFileSync(manifest, JSON.stringify(state));
}

/** A PEM text with bytes of it replaced: `from` must be in it once. */
function replaced(pem: string, from: Buffer, to: Buffer): string {
  const [, label = '', body = ''] = /-----BEGIN ([A-Z ]+)-----([^-]+)-----END/.exec(pem) ?? [];
  const der = Buffer.from(body, 'base64');
  const at = der.indexOf(from);
  if (at === -1 || der.indexOf(from, at + 1) !== -1) throw new Error('the bytes to replace are not there once');
  const lines = Buffer.concat([der.subarray(0, at), to, der.subarray(at + from.length)]).toString('base64').match(/.{1,64}/g);
  return [`-----BEGIN ${label}-----`, ...(lines ?? []), `-----END ${label}-----`, ''].join('\n');
}

/** The certificate with a wrong length in its basicConstraints. */
function withBadExtension(pem: string): string {
  return replaced(pem, Buffer.from('30060101ff020100', 'hex'), Buffer.from('307f0101ff020100', 'hex'));
}

/** The key with another private number: OpenSSL reads it, and does not look whether it fits the public one. */
function withFlippedNumber(pem: string): string {
  const number = createPrivateKey(pem).export({ format: 'jwk' }).d ?? '';
  const bytes = Buffer.from(number, 'base64url');
  const other = Buffer.from(bytes);
  other[31] = (other[31] ?? 0) ^ 1;
  return replaced(pem, bytes, other);
}

/** The key with a private number of two bytes more than its curve has: node ends with a stack when asked which curve it is. */
function withLongNumber(pem: string): string {
  const key = createPrivateKey(pem);
  const number = Buffer.from(key.export({ format: 'jwk' }).d ?? '', 'base64url');
  const head = key.export({ type: 'pkcs8', format: 'der' }).subarray(0, 36);
  const longer = Buffer.from(head);
  for (const at of [2, 28, 30, 35]) longer[at] = (longer[at] ?? 0) + 2;
  return replaced(pem, Buffer.concat([head, number]), Buffer.concat([longer, Buffer.alloc(2, 0xff), number]));
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
  // OpenSSL reads the certificate, because it does not look into this value.
  {
    name: 'state-authority-bad-extension',
    code: 3,
    arrange: (folder) => forge(folder, certificate, withBadExtension(readFileSync(join(folder, certificate), 'utf8'))),
  },
  {
    name: 'state-authority-key-too-long',
    code: 3,
    arrange: (folder) => forge(folder, key, withLongNumber(readFileSync(join(folder, key), 'utf8'))),
  },
  // Its public half still matches the certificate; its signatures do not.
  {
    name: 'state-authority-key-flipped',
    code: 3,
    arrange: (folder) => {
      forge(folder, key, withFlippedNumber(readFileSync(join(folder, key), 'utf8')));
      const used = '.knode/pki/certificates';
      for (const name of readdirSync(join(folder, used)).filter((one) => one.endsWith('.crt')))
        forge(folder, `${used}/${name}`, 'no certificate\n');
    },
  },
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
