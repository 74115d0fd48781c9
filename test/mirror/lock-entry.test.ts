import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ArtifactNeed } from '../../src/component/artifact.ts';
import { loadCatalogue } from '../../src/mirror/catalogue/catalogue.ts';
import { upstreamFile } from '../../src/mirror/catalogue/upstream-file.ts';
import { lockEntry } from '../../src/mirror/lock/entry.ts';
import { bytesOf, hashOf, pathOf, publish, startUpstream, type Upstream } from '../support/upstream.ts';
import { quickSurroundings } from './download-fixture.ts';

let upstream: Upstream;
beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(() => upstream.close());

/** The entry that a first lock gets of an artifact. */
function locked(need: ArtifactNeed) {
  const task = { action: 'add', need, upstream: upstreamFile(need, loadCatalogue()) } as const;
  const context = { hosts: upstream.hosts, folder: '/', surroundings: quickSurroundings(), watcher: {} };
  return lockEntry(task, context);
}

const arches = ['amd64', 'arm64'] as const;
/** No checksum of these ships with knode. */
const versions: Readonly<Record<string, readonly string[]>> = {
  'kubernetes-server': ['1.16.15', '1.35.8'],
  kubelet: ['1.16.15', '1.35.8'],
  etcd: ['3.3.15', '3.5.33'],
  flannel: ['0.11.0', '0.25.7'],
  'cni-plugins': ['0.9.1', '1.8.0'],
  'flannel-cni-plugin': ['1.7.1'],
  docker: ['19.03.1', '20.10.24', '28.5.1'],
  'cri-dockerd': ['0.3.20'],
  containerd: ['1.6.39', '2.2.7'],
  runc: ['1.2.9', '1.3.6'],
  crictl: ['1.16.1', '1.35.0'],
};
const needs = Object.entries(versions).flatMap(([name, list]) =>
  list.flatMap((version) => arches.map((arch): ArtifactNeed => ({ name, version, arch }))),
);

test.each(needs)('$name $version $arch is found in upstream’s place', async (need) => {
  const bytes = bytesOf(JSON.stringify(need), 2000);
  publish(upstream.files, need, bytes);
  const { published } = upstreamFile(need, loadCatalogue());
  expect(await locked(need)).toMatchObject({
    ...need,
    size: 2000,
    algorithm: 'sha256',
    checksum: hashOf('sha256', bytes),
    checksumFrom: published === undefined ? 'first-download' : 'published',
  });
});

test('if upstream publishes only a sha512, the download is verified by it before its sha256 is pinned', async () => {
  const need: ArtifactNeed = { name: 'kubernetes-server', version: '1.20.14', arch: 'amd64' };
  const [bytes, other] = [bytesOf('server'), bytesOf('another')];
  publish(upstream.files, need, bytes);
  upstream.files.set(pathOf(upstreamFile(need, loadCatalogue()).url), other);
  await expect(locked(need)).rejects.toThrow(
    `its sha512 is ${hashOf('sha512', other)}, expected ${hashOf('sha512', bytes)}`,
  );
});
