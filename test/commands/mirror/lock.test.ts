import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { render } from '../../../src/commands/render.ts';
import { parseLock } from '../../../src/mirror/lock/lock.ts';
import type { LockEntry } from '../../../src/mirror/lock/schema.ts';
import { startFaultProxy } from '../../support/fault-proxy.ts';
import { bytesOf, hashOf, pathOf, startUpstream, type Upstream } from '../../support/upstream.ts';
import { memoryIo, mistakes } from '../fixture.ts';
import { contentOf, failureOf, lockIt, type MirrorCluster, mirrorCluster, oldVersions, publishAll } from './fixture.ts';

let upstream: Upstream;
beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(() => upstream.close());
beforeEach(() => {
  upstream.files.clear();
  upstream.seen.length = 0;
});

function freshCluster(over: Record<string, unknown> = {}): MirrorCluster {
  const cluster = mirrorCluster(upstream.hosts, over);
  publishAll(upstream, cluster);
  return cluster;
}

function entriesOf({ lockFile }: MirrorCluster): readonly LockEntry[] {
  const { value, diagnostics } = parseLock(readFileSync(lockFile, 'utf8'), lockFile);
  expect(diagnostics).toEqual([]);
  return value?.entries ?? [];
}

const textOf = ({ lockFile }: MirrorCluster) => readFileSync(lockFile, 'utf8');

/** The lock with one entry's lines changed by hand. */
function edit(cluster: MirrorCluster, change: (text: string) => string): void {
  const before = textOf(cluster);
  const after = change(before);
  expect(after).not.toBe(before);
  writeFileSync(cluster.lockFile, after);
}

describe('without a network', () => {
  const dead = Object.fromEntries(['dl.k8s.io', 'github.com'].map((host) => [host, `http://127.0.0.1:9/${host}`]));

  test('a complete lock stays as it is, even without sizes', async () => {
    const cluster = freshCluster();
    await lockIt(cluster);
    edit(cluster, (text) => text.replace(/^ {4}(size|key): .*\n/gm, ''));
    const text = textOf(cluster);
    const offline = readFileSync(cluster.file, 'utf8').replaceAll(upstream.url, 'http://127.0.0.1:9');
    expect(offline).toContain(dead['github.com']);
    writeFileSync(cluster.file, offline);
    const io = await lockIt(cluster);
    expect([io.out(), textOf(cluster)]).toEqual([expect.stringContaining('nothing changed'), text]);
  });
});

describe('a first lock', () => {
  test('pins everything of every node, role, pool and architecture, by sha256 and size', async () => {
    const cluster = freshCluster();
    const io = await lockIt(cluster);
    const entries = entriesOf(cluster);
    expect(entries.map(({ name, version, arch }) => ({ name, version, arch }))).toEqual(cluster.needs);
    expect(new Set(entries.map((one) => one.arch))).toEqual(new Set(['amd64', 'arm64']));
    for (const entry of entries) {
      const bytes = contentOf(entry);
      expect(entry, entry.name).toMatchObject({ algorithm: 'sha256', size: bytes.length, checksumFrom: 'published' });
      expect(entry.checksum).toBe(hashOf('sha256', bytes));
      expect(entry.key).toMatch(new RegExp(`^${entry.name}/${entry.version}/linux-${entry.arch}/`));
      expect(entry.url).toMatch(/^https:\/\/(dl\.k8s\.io|github\.com)\//);
    }
    expect(io.out()).toContain(
      `add etcd 3.6.5 amd64: sha256 ${hashOf('sha256', contentOf(entries.find((e) => e.name === 'etcd')!))}, 3.00 kB, published by upstream\n`,
    );
    expect(io.out()).toMatch(/\nwrote .*knode\.lock\.yaml: \d+ artifacts\n$/);
  });

  test('downloads nothing whose sha256 upstream publishes', async () => {
    const cluster = freshCluster();
    await lockIt(cluster);
    const artifact = /(kubelet|\.tar\.gz|\.tgz|runc\.\w+64)$/;
    expect(
      upstream.seen.filter(
        ({ method, path }) => method === 'GET' && artifact.test(path) && !path.startsWith('/github.com/'),
      ),
    ).toEqual([]);
  });

  test('gives the same bytes again, and render accepts it', async () => {
    const cluster = freshCluster();
    await lockIt(cluster);
    const first = textOf(cluster);
    const requests = upstream.seen.length;
    const io = await lockIt(cluster);
    expect(textOf(cluster)).toBe(first);
    expect(upstream.seen).toHaveLength(requests);
    expect(io.out()).toMatch(/is whole: \d+ artifacts, nothing changed\n$/);
    const rendered = memoryIo();
    await render({ file: cluster.file, role: 'worker' }, rendered);
    expect(rendered.out()).toContain(`${upstream.url}/dl.k8s.io/v1.35.8/bin/linux/amd64/kubelet`);
  });

  test('downloads once if upstream publishes no checksum', async () => {
    const cluster = freshCluster(oldVersions);
    await lockIt(cluster);
    const docker = entriesOf(cluster).find((one) => one.name === 'docker');
    expect(docker).toMatchObject({
      checksumFrom: 'first-download',
      size: 3000,
      checksum: hashOf('sha256', contentOf(docker!)),
    });
    expect(docker?.key).toMatch(/^docker\/[\d.]+\/linux-amd64\/docker-[\d.]+\.tgz$/);
  });

  test('--dry-run requests and writes nothing', async () => {
    const cluster = freshCluster();
    const io = await lockIt(cluster, { dryRun: true });
    expect(existsSync(cluster.lockFile)).toBe(false);
    expect(io.out()).toMatch(/^add .*\n(.*\n)*dry run: nothing was written\n$/);
  });

  test('--json is one document', async () => {
    const cluster = freshCluster();
    const told = JSON.parse((await lockIt(cluster, { json: true })).out());
    expect(told).toMatchObject({ dryRun: false, lock: cluster.lockFile, failed: [], unneeded: [] });
    expect(told.changes).toHaveLength(cluster.needs.length);
    expect(told.changes[0]).toMatchObject({ action: 'add', after: { name: cluster.needs[0]?.name } });
  });
});

describe('pinned entries stay', () => {
  test('if upstream’s file has changed', async () => {
    const cluster = freshCluster();
    await lockIt(cluster);
    const before = textOf(cluster);
    for (const need of cluster.needs) publishAll(upstream, { needs: [need] }, 5000);
    await lockIt(cluster);
    expect(textOf(cluster)).toBe(before);
  });

  test('--update requests one name again, and reports both hashes', async () => {
    const cluster = freshCluster();
    await lockIt(cluster);
    const before = entriesOf(cluster);
    upstream.files.clear();
    publishAll(upstream, cluster, 5000);
    const io = await lockIt(cluster, { update: ['kubectl'] });
    for (const [index, entry] of entriesOf(cluster).entries()) {
      if (entry.name !== 'kubectl') expect(entry).toEqual(before[index]);
      else {
        expect(entry).toMatchObject({ size: 5000, checksum: hashOf('sha256', contentOf(entry, 5000)) });
        expect(io.out()).toContain(
          `update kubectl 1.35.8 ${entry.arch}: sha256 ${before[index]?.checksum} -> sha256 ${entry.checksum}`,
        );
      }
    }
    expect(await mistakes(() => lockIt(cluster, { update: ['kubelett'] }))).toEqual([
      "unknown-artifact: no node of the cluster needs an artifact 'kubelett' | did you mean 'kubelet'?",
    ]);
  });

  test('header, comments and the formatting of other entries stay', async () => {
    const cluster = freshCluster();
    await lockIt(cluster);
    edit(cluster, (text) =>
      text
        .replace(/^#[^\n]*\n/, '# Our own words about this lock.\n')
        .replace('\n  - name: crictl', '\n  # compared with the release notes by Alice\n  - name: crictl')
        .replace(/( {2}- name: kubectl\n(?: {4}.*\n)*? {4}version: )1\.35\.8/, '$11.35.7'),
    );
    await lockIt(cluster, { prune: true });
    const text = textOf(cluster);
    expect(text).toMatch(/^# Our own words about this lock\.\n/);
    expect(text).toContain('\n  # compared with the release notes by Alice\n  - name: crictl\n');
    expect(text).not.toContain('1.35.7');
    expect(entriesOf(cluster).map(({ name, version, arch }) => ({ name, version, arch }))).toEqual(cluster.needs);
  });

  test('entries that no node needs are removed only with --prune', async () => {
    const cluster = freshCluster();
    await lockIt(cluster);
    writeFileSync(cluster.file, readFileSync(cluster.file, 'utf8').replace('1.35.8', '1.35.7'));
    const later = freshCluster({ kubernetes: { version: '1.35.7' } });
    const io = await lockIt(cluster);
    expect(io.err()).toMatch(/no node needs .*kubelet 1\.35\.8 amd64.*--prune/);
    expect(
      entriesOf(cluster)
        .filter((one) => one.name === 'kubelet' && one.arch === 'amd64')
        .map((one) => one.version),
    ).toEqual(['1.35.7', '1.35.8']);
    const pruned = await lockIt(cluster, { prune: true });
    expect(pruned.out()).toContain('drop kubelet 1.35.8 amd64\n');
    expect(entriesOf(cluster)).toHaveLength(later.needs.length);
  });
});

describe('a lock of an older knode', () => {
  test('is completed: size and key are added, the pin stays', async () => {
    const cluster = freshCluster();
    await lockIt(cluster);
    const whole = textOf(cluster);
    edit(cluster, (text) => text.replace(/^ {4}(size|key): .*\n/gm, ''));
    const io = await lockIt(cluster);
    expect(textOf(cluster)).toBe(whole);
    expect(io.out()).toMatch(/^complete .*: size unknown -> 3000, key /);
  });

  test('that pins by sha512 gets a sha256 of the same bytes', async () => {
    const cluster = freshCluster();
    await lockIt(cluster);
    const [etcd] = entriesOf(cluster).filter((one) => one.name === 'etcd');
    const bytes = contentOf(etcd!);
    const old = (hex: string) => (text: string) => text.replace(`sha256: ${etcd?.checksum}`, `sha512: ${hex}`);
    const whole = textOf(cluster);
    edit(cluster, old(hashOf('sha512', bytes)));
    await lockIt(cluster);
    expect(textOf(cluster)).toBe(whole);
    edit(cluster, old(hashOf('sha512', Buffer.from('other'))));
    const wrong = textOf(cluster);
    expect(await mistakes(() => lockIt(cluster))).toEqual([
      expect.stringMatching(
        new RegExp(
          `^checksum-differs: etcd 3.6.5 amd64: .* its sha512 is ${hashOf('sha512', bytes)}, expected ${hashOf('sha512', Buffer.from('other'))}`,
        ),
      ),
    ]);
    expect(textOf(cluster)).toBe(wrong);
  });

  test('with invalid edits is refused, and left as it is', async () => {
    const cluster = freshCluster();
    await lockIt(cluster);
    edit(cluster, (text) =>
      text.replace(/sha256: [0-9a-f]{64}/, 'sha256: abc').replace('name: kubelet', 'name: ../kubelet'),
    );
    const broken = textOf(cluster);
    const said = await mistakes(() => lockIt(cluster));
    expect(said.map((one) => one.split(':')[0])).toEqual(['invalid-value', 'invalid-value']);
    expect(textOf(cluster)).toBe(broken);
  });
});

describe('information that upstream does not publish', () => {
  test('a missing checksum file is reported; the others are still pinned', async () => {
    const cluster = freshCluster();
    const sums = pathOf('https://github.com/etcd-io/etcd/releases/download/v3.6.5/SHA256SUMS');
    upstream.files.delete(sums);
    const failure = await failureOf(lockIt(cluster));
    expect(failure.details).toMatchObject([
      { code: 'upstream-missing', message: expect.stringMatching(/^etcd 3.6.5 amd64: .*SHA256SUMS answered 404/) },
    ]);
    expect(failure.message).toMatch(/could not pin 1 of \d+ artifacts/);
    expect(entriesOf(cluster)).toHaveLength(cluster.needs.length - 1);
    upstream.files.set(sums, Buffer.from(`${'0'.repeat(64)}  etcd-v3.6.5-linux-arm64.tar.gz\n`));
    expect((await failureOf(lockIt(cluster))).details[0]?.message).toContain(
      'has no sha256 of etcd-v3.6.5-linux-amd64.tar.gz',
    );
  });

  test('a published checksum that contradicts knode’s own', async () => {
    const cluster = freshCluster({ etcd: { version: '3.6.14' } });
    const said = await mistakes(() => lockIt(cluster));
    expect(said).toEqual([
      expect.stringMatching(
        /^checksum-differs: etcd 3.6.14 amd64: .*SHA256SUMS publishes [0-9a-f]{64}, and knode knows ffe840ff/,
      ),
    ]);
  });

  test('servers that refuse HEAD, or break', async () => {
    const cluster = mirrorCluster({});
    const proxy = await startFaultProxy(upstream.url, (_, count, asked) =>
      asked.method === 'HEAD'
        ? { kind: 'status', status: 405 }
        : count === 1
          ? { kind: 'status', status: 503 }
          : undefined,
    );
    const hosts = Object.fromEntries(Object.keys(upstream.hosts).map((host) => [host, `${proxy.url}/${host}`]));
    const faulty = mirrorCluster(hosts);
    publishAll(upstream, faulty);
    await lockIt(faulty);
    expect(entriesOf(faulty)).toHaveLength(cluster.needs.length);
    expect(entriesOf(faulty).every((one) => one.size === 3000)).toBe(true);
    await proxy.close();
  });
});

describe('the user’s own artifacts', () => {
  const own = bytesOf('agent', 1000);
  const sha256 = hashOf('sha256', own);
  const extra = (over: Record<string, unknown>) => ({
    artifacts: {
      mirrors: ['https://mirror.example.com'],
      extra: [{ name: 'agent', version: '1.0.0', sha256, members: [{ to: '/usr/local/bin/agent' }], ...over }],
    },
  });

  test('a file, hashed, for every architecture', async () => {
    const cluster = freshCluster(extra({ file: 'build/agent' }));
    expect((await failureOf(lockIt(cluster))).details[0]?.message).toMatch(
      /^agent 1.0.0 amd64: cannot read .*build\/agent: there is no such file/,
    );
    mkdirSync(join(cluster.folder, 'build'));
    writeFileSync(join(cluster.folder, 'build/agent'), own);
    await lockIt(cluster);
    expect(entriesOf(cluster).filter((one) => one.name === 'agent')).toEqual(
      (['amd64', 'arm64'] as const).map((arch) => ({
        name: 'agent',
        version: '1.0.0',
        arch,
        url: 'file:build/agent',
        size: 1000,
        algorithm: 'sha256',
        checksum: sha256,
        checksumFrom: 'user',
        key: `agent/1.0.0/linux-${arch}/agent`,
      })),
    );
    writeFileSync(join(cluster.folder, 'build/agent'), 'changed');
    expect(await mistakes(() => lockIt(cluster, { update: ['agent'] }))).toEqual(
      ['amd64', 'arm64'].map((arch) => expect.stringContaining(`agent 1.0.0 ${arch}: `)),
    );
  });

  test('a URL; a different sha256 in the cluster file is reported, and accepted with --update', async () => {
    upstream.files.set('/dl.k8s.io/agent', own);
    const cluster = freshCluster(extra({ url: 'https://dl.k8s.io/agent', arch: 'amd64' }));
    upstream.files.set('/dl.k8s.io/agent', own);
    await lockIt(cluster);
    const other = hashOf('sha256', Buffer.from('other'));
    writeFileSync(cluster.file, readFileSync(cluster.file, 'utf8').replace(sha256, other));
    const said = [
      expect.stringMatching(
        new RegExp(
          `^lock-differs: .* pins agent 1.0.0 amd64 as ${sha256}, and the cluster file says ${other} \\| .*knode mirror lock --update agent`,
        ),
      ),
    ];
    expect(await mistakes(() => lockIt(cluster))).toEqual(said);
    expect(await mistakes(() => render({ file: cluster.file, role: 'worker' }, memoryIo()))).toEqual(said);
    await lockIt(cluster, { update: ['agent'] });
    expect(entriesOf(cluster).find((one) => one.name === 'agent')).toMatchObject({
      checksum: other,
      checksumFrom: 'user',
    });
  });
});

test('the lock is readable by everybody', async () => {
  const cluster = freshCluster();
  await lockIt(cluster);
  expect(statSync(cluster.lockFile).mode & 0o777).toBe(0o644);
});
