import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { render } from '../../../src/commands/render.ts';
import { parseIndex } from '../../../src/mirror/layout/layout.ts';
import { parseLock } from '../../../src/mirror/lock/lock.ts';
import type { LockEntry } from '../../../src/mirror/lock/schema.ts';
import { hashOf, startUpstream, type Upstream } from '../../support/upstream.ts';
import { memoryIo, mistakes } from '../fixture.ts';
import { lockedCluster, lockIt, type MirrorCluster, mirrorFolder, pullIt } from './fixture.ts';

let upstream: Upstream;
let cluster: MirrorCluster;
const over = { artifacts: { payload: 'mirror', mirrors: ['http://10.0.0.5/knode'] } };

beforeAll(async () => {
  upstream = await startUpstream();
  cluster = await lockedCluster(upstream, over);
});
afterAll(() => upstream.close());

const textOf = ({ lockFile }: MirrorCluster) => readFileSync(lockFile, 'utf8');

function payloadsOf({ lockFile }: MirrorCluster): readonly LockEntry[] {
  const { value } = parseLock(readFileSync(lockFile, 'utf8'), lockFile);
  return (value?.entries ?? []).filter((entry) => entry.name.startsWith('payload-'));
}

/** The lock as a knode with other scripts would have left it. */
function ofAnotherKnode(): void {
  const [first] = payloadsOf(cluster);
  if (first === undefined) throw new Error('the lock has no payload');
  writeFileSync(cluster.lockFile, textOf(cluster).replaceAll(first.version, '0123456789abcdef'));
}

describe('payloads', () => {
  test('are pinned beside the artifacts, one for each kind of node', () => {
    const entries = payloadsOf(cluster);
    // By name, version and architecture; the version is a digest, and the upstream's port is another one in each run.
    expect(entries.map(({ name, arch }) => `${name} ${arch}`).sort()).toEqual([
      'payload-master amd64',
      'payload-worker amd64',
      'payload-worker arm64',
    ]);
    for (const { name, version, arch, url, checksum, checksumFrom, key } of entries) {
      expect([url, checksumFrom, version]).toEqual(['knode:payload', 'knode', checksum.slice(0, 16)]);
      expect(key).toBe(`${name}/${version}/linux-${arch}/${name}-${version}.tar`);
    }
  });

  test('do not change from one lock to the next', async () => {
    const before = textOf(cluster);
    expect((await lockIt(cluster)).out()).toMatch(/ is whole: \d+ artifacts, nothing changed\n$/);
    expect(textOf(cluster)).toBe(before);
  });

  test('are made by pull, and are in its index', async () => {
    await pullIt(cluster);
    const folder = mirrorFolder(cluster);
    const index = parseIndex(readFileSync(join(folder, 'index.json'), 'utf8'), 'index.json').value?.artifacts ?? [];
    for (const { key = '', checksum, size } of payloadsOf(cluster)) {
      expect(index.find((entry) => entry.key === key)).toMatchObject({ sha256: checksum, size });
      expect(hashOf('sha256', readFileSync(join(folder, key)))).toBe(checksum);
      expect(execFileSync('tar', ['-tf', join(folder, key)], { encoding: 'utf8' })).toMatch(
        /^usr\/local\/lib\/knode\/fetch$/m,
      );
    }
  });

  test('are what nodes fetch', async () => {
    const io = memoryIo();
    await render({ file: cluster.file, role: 'worker', index: '0' }, io);
    const worker = payloadsOf(cluster).find((entry) => entry.name === 'payload-worker' && entry.arch === 'amd64');
    expect(io.out()).toContain(`- ${worker?.checksum}\n    - "${worker?.size}"\n    - ${worker?.key}\n`);
  });

  test('that are on no mirror are refused before a node waits for them, and locked again', async () => {
    const right = textOf(cluster);
    ofAnotherKnode();
    const master = { file: cluster.file, role: 'master', index: '0' };
    expect(await mistakes(() => render(master, memoryIo()))).toEqual([
      expect.stringMatching(
        /^payload-not-locked: \S+knode\.lock\.yaml does not pin payload-master [0-9a-f]{16} amd64, the node layer archive of this node \| run knode mirror lock, pull and push/,
      ),
    ]);
    await render({ file: cluster.file, role: 'worker', index: '0' }, memoryIo());
    expect(await mistakes(() => pullIt(cluster))).toEqual([
      expect.stringMatching(/^payload-differs: payload-master 0123456789abcdef amd64: .* is not what this knode makes/),
    ]);
    const said = (await lockIt(cluster)).out();
    expect(said).toContain('drop payload-master 0123456789abcdef amd64\n');
    expect(said).toMatch(/^add payload-master [0-9a-f]{16} amd64: sha256 [0-9a-f]{64}, [\d.]+ kB, made by knode$/m);
    expect(textOf(cluster)).toBe(right);
  });

  test('leave the lock when the setting is removed', async () => {
    writeFileSync(cluster.file, readFileSync(cluster.file, 'utf8').replace('payload: mirror', 'payload: user-data'));
    await lockIt(cluster);
    expect(payloadsOf(cluster)).toEqual([]);
  });
});
