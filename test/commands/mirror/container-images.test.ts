/** Container images on their way from a registry through lock and pull into a mirror. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { render } from '../../../src/commands/render.ts';
import { parseLock } from '../../../src/mirror/lock/lock.ts';
import { type FakeRegistry, fakeRegistry, serveByDigest } from '../../mirror/container-images/registry-fixture.ts';
import { mediaTypes, testIndex, testManifest } from '../../support/test-image.ts';
import { hashOf, startUpstream, type Upstream } from '../../support/upstream.ts';
import { memoryIo, mistakes } from '../fixture.ts';
import { lockIt, type MirrorCluster, mirrorCluster, mirrorFolder, publishAll, pullIt } from './fixture.ts';

let upstream: Upstream;
beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(() => upstream.close());

/** Publishes an image of both architectures under a tag. */
function publishImage(registry: FakeRegistry, tag: string, content = tag): void {
  const of = (architecture: string) => testManifest([[{ path: 'x', mode: '0644', content }]], { architecture });
  const [amd64, arm64] = [of('amd64'), of('arm64')];
  for (const one of [amd64, arm64]) serveByDigest(registry, one);
  const bytes = testIndex({ 'linux/amd64': amd64, 'linux/arm64': arm64 });
  registry.content.set(`manifests/${tag}`, { type: mediaTypes.oci.list, bytes });
}

const own = 'registry.example.com';

async function freshCluster(over: object = {}): Promise<{ cluster: MirrorCluster; registry: FakeRegistry }> {
  const registry = await fakeRegistry();
  for (const tag of ['3.10.1', 'v1.13.1']) publishImage(registry, tag);
  const standIn = `http://${registry.host}`;
  const hosts = { ...upstream.hosts, 'registry.k8s.io': standIn, [own]: standIn };
  const artifacts = { images: 'mirror', mirrors: ['https://mirror.example.com'] };
  const cluster = mirrorCluster(hosts, { artifacts, ...over });
  publishAll(upstream, cluster);
  return { cluster, registry };
}

function imagesIn({ lockFile }: MirrorCluster) {
  const { value } = parseLock(readFileSync(lockFile, 'utf8'), lockFile);
  return value?.entries.filter(({ url }) => url.startsWith('docker:')) ?? [];
}

describe('images: mirror', () => {
  test('are locked by name, pulled as files, and nodes know only the mirror', async () => {
    const { cluster } = await freshCluster();
    await lockIt(cluster);
    const images = imagesIn(cluster);
    expect(images.map(({ name, version, arch, url }) => `${name} ${version} ${arch} ${url}`)).toEqual([
      'coredns 1.13.1 amd64 docker://registry.k8s.io/coredns/coredns:v1.13.1',
      'coredns 1.13.1 arm64 docker://registry.k8s.io/coredns/coredns:v1.13.1',
      'pause 3.10.1 amd64 docker://registry.k8s.io/pause:3.10.1',
      'pause 3.10.1 arm64 docker://registry.k8s.io/pause:3.10.1',
    ]);
    await pullIt(cluster);
    for (const { key, checksum, size } of images) {
      const bytes = readFileSync(join(mirrorFolder(cluster), `${key}`));
      expect([hashOf('sha256', bytes), bytes.length]).toEqual([checksum, size]);
    }
    const before = readFileSync(cluster.lockFile, 'utf8');
    await lockIt(cluster);
    expect(readFileSync(cluster.lockFile, 'utf8')).toBe(before);
    const io = memoryIo();
    await render({ file: cluster.file, state: join(cluster.folder, 'state'), role: 'worker', index: '0' }, io);
    const out = io.out();
    expect(out).toContain(
      `pause sha256 ${images[2]?.checksum} pause/3.10.1/linux-amd64/pause-3.10.1.tar - ${images[2]?.size}\n`,
    );
    expect(out).toContain('0644 /var/lib/knode/images/pause.tar -\n');
  });

  test('are refused if their tag was moved', async () => {
    const { cluster, registry } = await freshCluster();
    await lockIt(cluster);
    const [, , pause] = imagesIn(cluster);
    publishImage(registry, '3.10.1', 'other bytes');
    rmSync(mirrorFolder(cluster), { recursive: true, force: true });
    const found = await mistakes(() => pullIt(cluster));
    const moved = found.filter((text) => text.includes(': pause 3.10.1 amd64: '));
    expect(moved).toHaveLength(1);
    const hashes = `checksum-differs: .* is [0-9a-f]{64}, expected ${pause?.checksum}`;
    const sizes = `size-differs: .* has \\d+ bytes, the lock says ${pause?.size}`;
    expect(moved[0]).toMatch(new RegExp(`^(${hashes}|${sizes})`));
  });

  test('of another registry are other files: the lock must be updated before a render', async () => {
    const { cluster } = await freshCluster();
    await lockIt(cluster);
    const pinned = imagesIn(cluster);
    const moved = await freshCluster({ kubernetes: { version: '1.35.8', imageRegistry: `${own}/k8s` } });
    const both = { ...moved.cluster, lockFile: cluster.lockFile };
    const options = { file: both.file, lock: cluster.lockFile, state: join(cluster.folder, 'state') };
    const found = await mistakes(() => render({ ...options, role: 'worker', index: '0' }, memoryIo()));
    expect(found).toEqual([
      expect.stringMatching(/^artifact-not-locked: .* coredns 1\.13\.1 amd64, pause 3\.10\.1 amd64/),
    ]);
    await lockIt(both, { lock: cluster.lockFile });
    const renewed = imagesIn(both);
    expect(renewed.map(({ url }) => url)).toContain(`docker://${own}/k8s/pause:3.10.1`);
    expect(renewed.map(({ checksum }) => checksum)).not.toEqual(pinned.map(({ checksum }) => checksum));
    await render({ ...options, role: 'worker', index: '0' }, memoryIo());
  });
});
