import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { pkiExport } from '../../../src/commands/pki/export.ts';
import { pkiImport } from '../../../src/commands/pki/import.ts';
import { pkiList } from '../../../src/commands/pki/list.ts';
import { pkiRenew } from '../../../src/commands/pki/renew.ts';
import { pkiRequests } from '../../../src/commands/pki/requests.ts';
import { render } from '../../../src/commands/render.ts';
import { freshCluster, freshFolder, type MemoryIo, memoryIo, mistakes, secretPattern, tree } from '../fixture.ts';

/** openssl signs by the real clock. */
const io = (days = 0): MemoryIo => memoryIo(new Date(Date.now() + days * 86_400_000 + 5000).toISOString());
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

function openssl(cwd: string, ...args: readonly string[]): string {
  return execFileSync('openssl', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** An authority of a company's own, whose key stays in a folder that knode never sees. */
function owner(): string {
  const folder = freshFolder();
  const usage = ['-addext', 'keyUsage=critical,keyCertSign,cRLSign'];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'ca.key'];
  openssl(
    folder,
    'req',
    '-x509',
    ...key,
    '-out',
    'ca.crt',
    '-subj',
    '/O=Acme/CN=Acme etcd CA',
    '-days',
    '3000',
    ...usage,
  );
  return folder;
}

/** A cluster that adopts it for etcd, without its key. */
function adopting(folder: string): string {
  const file = freshCluster((text) => `${text}\npki: { authorities: { etcd: { certificate: etcd-ca.crt } } }\n`);
  writeFileSync(join(dirname(file), 'etcd-ca.crt'), readFileSync(join(folder, 'ca.crt')));
  return file;
}

function signAll(folder: string, requests: string): string {
  const signed = freshFolder();
  for (const name of readdirSync(requests).filter((one) => one.endsWith('.csr'))) {
    const ca = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '365', '-copy_extensions', 'copy'];
    const out = join(signed, name.replace('.csr', '.crt'));
    openssl(folder, 'x509', '-req', '-in', join(requests, name), ...ca, '-out', out);
  }
  return signed;
}

async function requested(file: string): Promise<string> {
  const output = join(freshFolder(), 'requests');
  await pkiRequests({ file, output }, io());
  return output;
}

const renderAll = (file: string, days = 0, output = join(freshFolder(), 'out')) =>
  render({ file, all: true, output }, io(days)).then(() => output);

describe.skipIf(!hasOpenssl)('an external authority', () => {
  test('from requests to nodes', async () => {
    const folder = owner();
    const file = adopting(folder);
    expect(await mistakes(() => renderAll(file))).toEqual([
      expect.stringMatching(
        /^pki-unsigned: 6 certificates of the etcd authority.*etcd-server@m1.*knode pki import DIR/,
      ),
    ]);
    expect(existsSync(join(dirname(file), '.knode'))).toBe(false);

    const requests = await requested(file);
    const kept = Object.keys(tree(join(dirname(file), '.knode/pki')));
    expect(kept.filter((path) => !path.startsWith('requests'))).toEqual(['etcd-ca.crt']);
    expect(tree(requests)['README.txt']).toMatch(/etcd-server@m1\.csr\n {2}authority {2}etcd\n {2}subject {4}CN=m1\n/);
    const { requests: list } = JSON.parse(readFileSync(join(requests, 'requests.json'), 'utf8'));
    expect(list[0]).toMatchObject({ file: 'etcd-server@m1.csr', authority: 'etcd', validityDays: 365 });
    expect(list.length).toBe(readdirSync(requests).length - 2);
    expect(Object.values(tree(requests)).join()).not.toMatch(secretPattern);
    expect(Object.keys(tree(await requested(file)))).toEqual(Object.keys(tree(requests)));

    const signed = signAll(folder, requests);
    const said = io();
    await pkiImport({ file, paths: [signed] }, said);
    expect(said.out()).toMatch(/^import etcd-server@m1 from \S+etcd-server@m1\.crt: valid until \d{4}-\d\d-\d\d$/m);
    expect(said.out()).not.toContain('still to be signed');
    const again = io();
    await pkiImport({ file, paths: [signed] }, again);
    expect(again.out()).toMatch(/^keep etcd-server@m1: imported before$/m);

    const out = await renderAll(file);
    const data = parse(readFileSync(join(out, 'm1/user-data'), 'utf8')) as {
      write_files: { path: string; content: string }[];
    };
    const fileOf = (end: string) => data.write_files.find(({ path }) => path.endsWith(end));
    expect(JSON.stringify(data)).not.toContain(readFileSync(join(folder, 'ca.key'), 'utf8').split('\n')[1]);
    const ca = readFileSync(join(folder, 'ca.crt'), 'utf8');
    expect(data.write_files.some(({ path, content }) => path.includes('etcd') && content === ca)).toBe(true);
    expect(fileOf('/etcd/pki/server.crt') ?? fileOf('etcd/server.crt')).toBeDefined();
    const none = io();
    await pkiRequests({ file, output: join(freshFolder(), 'r') }, none);
    expect(none.out()).toBe('nothing to sign: every certificate is there\n');
  });

  test('renewal makes new requests, and the old certificates stay in use meanwhile', async () => {
    const folder = owner();
    const file = adopting(folder);
    await pkiImport({ file, paths: [signAll(folder, await requested(file))] }, io());
    const said = io();
    await pkiRenew({ file, ids: ['etcd-server@m1'] }, said);
    expect(said.out()).toBe(
      'request etcd-server@m1: asked for\nto be signed by their authority’s owner: knode pki requests -o DIR, then knode pki import DIR\n',
    );
    await renderAll(file);
    const listed = io(330);
    await pkiList({ file }, listed);
    expect(listed.err()).toMatch(
      /certificate etcd-server@m1 ends in 3\d days.*\n {2}help: .*knode pki requests -o DIR/,
    );
    const requests = await requested(file);
    expect(readdirSync(requests).filter((name) => name.endsWith('.csr'))).toEqual(['etcd-server@m1.csr']);
    await pkiImport({ file, paths: [join(signAll(folder, requests), 'etcd-server@m1.crt')] }, io());
    const path = join(dirname(file), '.knode/pki/certificates/etcd-server@m1.crt');
    expect(openssl(folder, 'verify', '-CAfile', 'ca.crt', path)).toContain(': OK');
  });

  test('imports all or nothing, and reports all errors', async () => {
    const [folder, other] = [owner(), owner()];
    const file = adopting(folder);
    const signed = signAll(other, await requested(file));
    writeFileSync(join(signed, 'notes.pem'), 'see attachment');
    const before = tree(join(dirname(file), '.knode'));
    const found = await mistakes(() => pkiImport({ file, paths: [signed] }, io()));
    expect(found.map((text) => text.split(':')[0])).toEqual([
      'pki-unreadable',
      ...Array.from({ length: 6 }, () => 'pki-import-issuer'),
    ]);
    expect(found.every((text) => text.includes(signed))).toBe(true);
    expect(tree(join(dirname(file), '.knode'))).toEqual(before);
    expect(await mistakes(() => pkiImport({ file, paths: ['/nowhere.crt'] }, io()))).toEqual([
      expect.stringMatching(/^file-unreadable: /),
    ]);
  });

  test('--dry-run makes no key and imports nothing', async () => {
    const folder = owner();
    const file = adopting(folder);
    const said = io();
    await pkiRequests({ file, output: '/nowhere/requests', dryRun: true }, said);
    expect(said.out()).toMatch(/^write \/nowhere\/requests\/etcd-server@m1\.csr \(0644\)$/m);
    expect(existsSync(join(dirname(file), '.knode'))).toBe(false);
    const signed = signAll(folder, await requested(file));
    const before = tree(join(dirname(file), '.knode'));
    const planned = io();
    await pkiImport({ file, paths: [signed], dryRun: true, json: true }, planned);
    expect(JSON.parse(planned.out())).toMatchObject({ dryRun: true, waiting: [], known: [] });
    expect(tree(join(dirname(file), '.knode'))).toEqual(before);
  });

  test('has no effect on a cluster that has its keys', async () => {
    const said = io();
    await pkiRequests({ file: freshCluster(), output: '/nowhere' }, said);
    expect(said.out()).toMatch(/^nothing to sign: knode has the key of every authority/);
  });
});

describe('pki export', () => {
  async function exported(options: object, file: string) {
    const output = join(freshFolder(), 'certificates');
    const said = io();
    await pkiExport({ file, output, ...options }, said);
    return { files: existsSync(output) ? tree(output) : {}, output, said };
  }

  test('writes certificates and a bundle, and keys only on request', async () => {
    const file = freshCluster();
    await renderAll(file);
    const { files, output } = await exported({}, file);
    expect(Object.values(files).join()).not.toMatch(secretPattern);
    expect(files['ca-bundle.crt']?.match(/BEGIN/g)).toHaveLength(3);
    expect(files['certificates/etcd-server@m1.crt']).toMatch(/^644 -----BEGIN CERTIFICATE/);
    if (hasOpenssl)
      expect(openssl(output, 'verify', '-CAfile', 'ca-bundle.crt', 'certificates/kube-apiserver@m2.crt')).toContain(
        'OK',
      );

    const { files: keyed, said } = await exported({ ids: ['etcd-server@m1', 'etcd'], keys: true }, file);
    expect(Object.keys(keyed)).toEqual([
      '.gitignore',
      'ca-bundle.crt',
      'certificates',
      'certificates/etcd-server@m1.crt',
      'certificates/etcd-server@m1.key',
      'etcd-ca.crt',
    ]);
    expect(keyed['certificates/etcd-server@m1.key']).toMatch(/^600 -----BEGIN PRIVATE KEY/);
    expect(said.err()).toMatch(/among them 1 private key:/);
    expect(said.out() + said.err()).not.toMatch(secretPattern);
  });

  test('leaves existing files alone, and supports a dry run', async () => {
    const file = freshCluster();
    await renderAll(file);
    const taken = freshFolder();
    mkdirSync(join(taken, 'x'));
    expect(await mistakes(() => exported({ output: taken }, file))).toEqual([
      expect.stringMatching(/^folder-not-empty/),
    ]);
    expect(statSync(join(taken, 'x')).isDirectory()).toBe(true);
    const { files, said } = await exported({ dryRun: true }, file);
    expect(files).toEqual({});
    expect(said.out()).toMatch(/^write \S+\/ca-bundle\.crt \(0644\)$/m);
    expect(await mistakes(() => exported({ ids: ['etcd-servr@m1'] }, file))).toEqual([
      expect.stringMatching(/^pki-unknown-id: .*did you mean 'etcd-server@m1'/),
    ]);
    expect((await exported({}, freshCluster())).said.out()).toBe('no certificates yet: knode render makes them\n');
  });
});
