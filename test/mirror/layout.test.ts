import { execFileSync } from 'node:child_process';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { loadCatalogue } from '../../src/mirror/catalogue/catalogue.ts';
import { readFolderIndex } from '../../src/mirror/layout/folder-index.ts';
import { parseKey } from '../../src/mirror/layout/keys.ts';
import {
  artifactKey,
  cacheControl,
  contentType,
  emptyIndex,
  indexEntry,
  indexText,
  mergeIndexes,
  parseIndex,
} from '../../src/mirror/layout/layout.ts';
import type { LockEntry } from '../../src/mirror/lock/schema.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { entryOf, fillMirror, noise } from './store-fixture.ts';

const etcd = 'etcd/3.6.8/linux-amd64/etcd.tar.gz';
const kubelet = 'kubelet/1.36.2/linux-arm64/kubelet';
const [a, b] = [entryOf(etcd, Buffer.from('a')), entryOf(kubelet, Buffer.from('b'))];

test('a key has the parts of its artifact; foreign keys are not parsed', () => {
  expect(parseKey(etcd)).toEqual({ name: 'etcd', version: '3.6.8', arch: 'amd64' });
  const foreign = [
    'index.json',
    'etcd',
    'etcd/3.6.8/etcd',
    'etcd/3.6.8/linux-riscv64/etcd',
    'etcd/3.6.8/linux-amd64/a/b',
    'Etcd/1/linux-amd64/x',
    'etcd/../linux-amd64/x',
    '../etcd/1/linux-amd64/x',
    '/etcd/1/linux-amd64/x',
    'etcd/1/linux-amd64/.part',
  ];
  for (const key of foreign) expect([key, parseKey(key)]).toEqual([key, undefined]);
});

test('the key of a lock entry: its own, the catalogue’s, or derived from its URL', () => {
  const entry: LockEntry = {
    name: 'etcd',
    version: '3.6.8',
    arch: 'amd64',
    url: 'https://x/y/own.tgz',
    algorithm: 'sha256',
    checksum: a.sha256,
    checksumFrom: 'user',
  };
  expect(artifactKey({ ...entry, key: 'my/key' }, loadCatalogue())).toBe('my/key');
  expect(artifactKey(entry, loadCatalogue())).toBe('etcd/3.6.8/linux-amd64/etcd-v3.6.8-linux-amd64.tar.gz');
  expect(artifactKey({ ...entry, name: 'agent' }, loadCatalogue())).toBe('agent/3.6.8/linux-amd64/own.tgz');
  const pinned = indexEntry({ ...entry, algorithm: 'sha512', checksum: '0'.repeat(128) }, etcd, {
    size: 1,
    sha256: a.sha256,
  });
  expect(pinned).toEqual({ ...a, sha512: '0'.repeat(128) });
});

describe('an index', () => {
  it('has the same bytes in any order, and is parsed back', () => {
    const text = indexText({ artifacts: [b, a] });
    expect(text).toBe(indexText({ artifacts: [a, b] }));
    expect(parseIndex(text, 'x')).toEqual({ value: { artifacts: [a, b] }, diagnostics: [] });
    expect(parseIndex(indexText(emptyIndex), 'x').value).toEqual(emptyIndex);
  });

  it('keeps entries of other locks, and reports differing bytes', () => {
    const other = entryOf(etcd, Buffer.from('c'));
    const { index, conflicts } = mergeIndexes({ artifacts: [{ ...a, sha512: 'f'.repeat(128) }, b] }, [a]);
    expect(index.artifacts).toEqual([{ ...a, sha512: 'f'.repeat(128) }, b]);
    expect(conflicts).toEqual([]);
    expect(mergeIndexes({ artifacts: [a, b] }, [other])).toEqual({
      index: { artifacts: [other, b] },
      conflicts: [{ before: a, after: other }],
    });
  });

  const line = (over: object) =>
    JSON.stringify({ apiVersion: 'knode.dev/v1', kind: 'MirrorIndex', artifacts: [{ ...a, ...over }] });
  it.each([
    ['no JSON', '{'],
    ['null', 'null'],
    ['a list', '[]'],
    ['another kind', JSON.stringify({ apiVersion: 'knode.dev/v1', kind: 'Lock', artifacts: [] })],
    ['another version', JSON.stringify({ apiVersion: 'knode.dev/v2', kind: 'MirrorIndex', artifacts: [] })],
    ['an unknown key', line({ surprise: 1 })],
    ['a way out', line({ key: '../../etc/passwd' })],
    ['an absolute key', line({ key: '/etc/passwd' })],
    ['the index itself', line({ key: 'index.json' })],
    ['a short hash', line({ sha256: 'abc' })],
    ['capitals in a hash', line({ sha256: a.sha256.toUpperCase() })],
    ['a size below zero', line({ size: -1 })],
    ['a size that is none', line({ size: 1.5 })],
    ['a key twice', indexText({ artifacts: [a, a] })],
    ['a key that is another one’s folder', indexText({ artifacts: [a, { ...b, key: 'etcd/3.6.8' }] })],
  ])('that is invalid is a mistake: %s', (_, text) => {
    const { value, diagnostics } = parseIndex(text, 'place');
    expect([value, diagnostics.length, diagnostics[0]?.code]).toEqual([undefined, 1, 'mirror-index-broken']);
    expect(diagnostics[0]?.message).toContain('place');
  });

  it('of a folder: written with sums that sha256sum checks, readable by everybody', () => {
    const folder = join(tempFolder('layout'), 'mirror');
    fillMirror(folder, { [etcd]: noise(1000, 1), [kubelet]: noise(2000, 2) });
    expect(execFileSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: folder, encoding: 'utf8' })).toBe(
      `${etcd}: OK\n${kubelet}: OK\n`,
    );
    expect([statSync(folder).mode & 0o777, statSync(join(folder, 'index.json')).mode & 0o777]).toEqual([0o755, 0o644]);
    expect(readFolderIndex(folder).value?.artifacts).toHaveLength(2);
  });

  it('that is missing is not yet a mistake; one that is a folder is a failure', () => {
    const folder = tempFolder('layout-none');
    expect(readFolderIndex(folder)).toEqual({ diagnostics: [] });
    mkdirSync(join(folder, 'index.json'));
    expect(() => readFolderIndex(folder)).toThrow(/cannot read .*EISDIR/);
  });

  it('that is huge is not read', () => {
    const folder = tempFolder('layout-huge');
    writeFileSync(join(folder, 'index.json'), Buffer.alloc(17 * 1024 * 1024, ' '));
    expect(readFolderIndex(folder).diagnostics).toMatchObject([{ message: expect.stringContaining('larger than') }]);
  });
});

test('content types, and cache lifetimes', () => {
  expect(contentType(etcd)).toBe('application/gzip');
  expect(contentType(kubelet)).toBe('application/octet-stream');
  expect(contentType('index.json')).toBe('application/json');
  expect(contentType('SHA256SUMS')).toBe('text/plain; charset=utf-8');
  expect(cacheControl(etcd)).toBe('public, max-age=31536000, immutable');
  expect([cacheControl('index.json'), cacheControl('SHA256SUMS')]).toEqual(['no-cache', 'no-cache']);
});
