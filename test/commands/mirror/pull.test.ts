import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Faults, startFaultProxy } from '../../support/fault-proxy.ts';
import { bytesOf, hashOf, startUpstream, type Upstream } from '../../support/upstream.ts';
import { mistakes } from '../fixture.ts';
import {
  contentOf,
  expectWhole,
  failureOf,
  filesOf,
  lockedCluster,
  lockIt,
  type MirrorCluster,
  mirrorCluster,
  mirrorFolder,
  publishAll,
  pullIt,
} from './fixture.ts';

let upstream: Upstream;
beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(() => upstream.close());
beforeEach(() => {
  upstream.files.clear();
  upstream.seen.length = 0;
});

describe('a pull', () => {
  test('brings everything that is locked, with an index and sums that sha256sum reads', async () => {
    const cluster = await lockedCluster(upstream);
    const io = await pullIt(cluster);
    expectWhole(cluster);
    const count = cluster.needs.length;
    expect(io.out()).toMatch(
      new RegExp(`^pulled ${count} files into .*/mirror: ${(count * 3).toPrecision(3)} kB in [\\d.]+ m?s, .* MB/s\n$`),
    );
    expect(
      io
        .err()
        .split('\n')
        .filter((line) => line.startsWith('knode: pulled ')),
    ).toHaveLength(count);
    const [key] = filesOf(cluster).filter((one) => one.includes('kubelet'));
    expect(statSync(join(mirrorFolder(cluster), key!)).mode & 0o777).toBe(0o644);
  });

  test('fetches nothing the second time, and hashes the existing files', async () => {
    const cluster = await lockedCluster(upstream);
    await pullIt(cluster);
    upstream.seen.length = 0;
    const io = await pullIt(cluster);
    expect(upstream.seen).toEqual([]);
    expect(io.out()).toContain(`; ${cluster.needs.length} files were there already\n`);
    const folder = mirrorFolder(cluster);
    const [key = ''] = filesOf(cluster).filter((path) => path.includes('/'));
    const size = statSync(join(folder, key)).size;
    writeFileSync(join(folder, key), Buffer.alloc(size, 'x'));
    rmSync(join(folder, 'index.json'));
    const healed = await pullIt(cluster);
    expect(healed.err()).toContain(`${key} is not what was pinned: `);
    expectWhole(cluster);
  });

  test('--dry-run writes nothing', async () => {
    const cluster = await lockedCluster(upstream);
    const io = await pullIt(cluster, { dryRun: true });
    expect(io.out()).toMatch(/^fetch cni-plugins\/.*, 3\.00 kB, from http:\/\/127\.0\.0\.1:\d+\/github\.com\//);
    expect(existsSync(mirrorFolder(cluster))).toBe(false);
    expect(upstream.seen).toEqual([]);
  });

  test('--json is one document, and one event per line on stderr', async () => {
    const cluster = await lockedCluster(upstream);
    const io = await pullIt(cluster, { json: true });
    const lines = io.err().trimEnd().split('\n');
    const events = lines.map((line) => JSON.parse(line) as { event: string });
    expect(events[0]).toEqual({ event: 'start', files: cluster.needs.length, bytes: cluster.needs.length * 3000 });
    expect(events.filter((one) => one.event === 'done')).toHaveLength(cluster.needs.length);
    const { artifacts, summary } = JSON.parse(io.out());
    expect(summary).toMatchObject({
      transferred: cluster.needs.length,
      kept: 0,
      failed: 0,
      bytes: cluster.needs.length * 3000,
    });
    expect(artifacts).toHaveLength(cluster.needs.length);
    for (const one of artifacts) expect(one).toMatchObject({ there: true, size: 3000 });
  });

  test('without a lock names the command that makes one', async () => {
    const cluster = mirrorCluster(upstream.hosts);
    expect(await mistakes(() => pullIt(cluster))).toEqual([
      expect.stringMatching(/^no-lock: there is no .*knode\.lock\.yaml \| run knode mirror lock/),
    ]);
  });

  test('of a lock without sizes, too', async () => {
    const cluster = await lockedCluster(upstream);
    writeFileSync(cluster.lockFile, readFileSync(cluster.lockFile, 'utf8').replace(/^ {4}(size|key): .*\n/gm, ''));
    await pullIt(cluster);
    expectWhole(cluster);
  });

  test('copies the user’s own file', async () => {
    const own = bytesOf('agent', 2_500_000);
    const extra = [
      {
        name: 'agent',
        version: '1.0.0',
        arch: 'amd64',
        sha256: hashOf('sha256', own),
        file: 'agent',
        members: [{ to: '/usr/local/bin/agent' }],
      },
    ];
    const cluster = mirrorCluster(upstream.hosts, { artifacts: { mirrors: ['http://10.0.0.5'], extra } });
    publishAll(upstream, cluster);
    writeFileSync(join(cluster.folder, 'agent'), own);
    await lockIt(cluster);
    await pullIt(cluster);
    expect(readFileSync(join(mirrorFolder(cluster), 'agent/1.0.0/linux-amd64/agent')).equals(own)).toBe(true);
    rmSync(mirrorFolder(cluster), { recursive: true });
    writeFileSync(join(cluster.folder, 'agent'), 'changed');
    expect(await mistakes(() => pullIt(cluster))).toEqual([
      expect.stringMatching(/^size-differs: agent 1\.0\.0 amd64: .*agent has 7 bytes, the lock says 2500000/),
    ]);
  });
});

describe('through a proxy that breaks things', () => {
  const through = async (faults: Faults, work: (cluster: MirrorCluster) => Promise<void>): Promise<void> => {
    const cluster = await lockedCluster(upstream, {}, 60_000);
    const proxy = await startFaultProxy(upstream.url, faults);
    writeFileSync(cluster.file, readFileSync(cluster.file, 'utf8').replaceAll(upstream.url, proxy.url));
    await work(cluster).finally(() => proxy.close());
  };

  test('every request breaks once, each in another way', async () => {
    const kinds = [
      { kind: 'reset', after: 20_000 },
      { kind: 'status', status: 500 },
      { kind: 'stall', after: 20_000 },
      { kind: 'status', status: 503 },
      { kind: 'truncate', after: 20_000, length: 'told' },
      { kind: 'status', status: 429 },
      { kind: 'truncate', after: 20_000, length: 'untold' },
    ] as const;
    let broken = 0;
    const faults: Faults = (path, count) =>
      count > 1 || /^\/github/.test(path) ? undefined : kinds[broken++ % kinds.length];
    await through(faults, async (cluster) => {
      const io = await pullIt(cluster);
      expectWhole(cluster, 60_000);
      expect(io.err().match(/; again in /g)?.length).toBe(broken);
    });
  });

  test('wrong bytes of one file: both hashes and its line in the lock, the others come, and a later run finishes', async () => {
    let wrong = true;
    await through(
      (path) => (wrong && path.endsWith('/kubectl') ? { kind: 'wrong', at: 5 } : undefined),
      async (cluster) => {
        const said = await mistakes(() => pullIt(cluster));
        const [one] = cluster.needs.filter((need) => need.name === 'kubectl');
        expect(said[0]).toMatch(
          new RegExp(
            `^checksum-differs: kubectl 1\\.35\\.8 amd64: .* its sha256 is [0-9a-f]{64}, expected ${hashOf('sha256', contentOf(one!, 60_000))} \\| `,
          ),
        );
        expect(existsSync(join(mirrorFolder(cluster), 'index.json'))).toBe(false);
        expect(filesOf(cluster)).toHaveLength(cluster.needs.length - said.length);
        wrong = false;
        await pullIt(cluster);
        expectWhole(cluster, 60_000);
      },
    );
  });

  test('a host that is down: a failure of the environment, and a later run goes on', async () => {
    let down = true;
    await through(
      (path, count) =>
        !down || !/\/kubelet$/.test(path)
          ? undefined
          : count === 1
            ? { kind: 'reset', after: 20_000 }
            : { kind: 'status', status: 503 },
      async (cluster) => {
        const failure = await failureOf(pullIt(cluster));
        expect(failure.message).toMatch(/mirror lacks \d of \d+ artifacts, and has no new index/);
        expect(failure.details[0]).toMatchObject({ code: 'upstream-refused', span: { line: expect.any(Number) } });
        expect(filesOf(cluster).filter((path) => path.endsWith('.part')).length).toBeGreaterThan(0);
        down = false;
        upstream.seen.length = 0;
        await pullIt(cluster);
        expectWhole(cluster, 60_000);
        expect(upstream.seen.find((one) => one.path.endsWith('/amd64/kubelet'))?.range).toMatch(/^bytes=[1-9]\d*-$/);
      },
    );
  });
});

describe('a lock that was edited by hand', () => {
  test('another hash', async () => {
    const cluster = await lockedCluster(upstream);
    const hash = hashOf('sha256', contentOf(cluster.needs.find((need) => need.name === 'etcd')!));
    writeFileSync(cluster.lockFile, readFileSync(cluster.lockFile, 'utf8').replace(hash, '0'.repeat(64)));
    expect(await mistakes(() => pullIt(cluster))).toEqual([
      expect.stringMatching(new RegExp(`^checksum-differs: etcd 3\\.6\\.5 amd64: .*is ${hash}, expected 0{64}`)),
    ]);
  });

  test.each([
    ['a `..` in a key', (text: string) => text.replace(/key: etcd\/.*/, 'key: ../../etc/cron.d/x')],
    ['a `..` in a name', (text: string) => text.replace('name: etcd', 'name: ../etcd')],
    [
      'a password in a URL',
      (text: string) => text.replace('https://github.com/etcd-io', 'https://me:secret@github.com/etcd-io'),
    ],
  ])('%s', async (_, change) => {
    const cluster = await lockedCluster(upstream);
    writeFileSync(cluster.lockFile, change(readFileSync(cluster.lockFile, 'utf8')));
    expect((await mistakes(() => pullIt(cluster))).map((one) => one.split(':')[0])).toEqual(['invalid-value']);
    expect(existsSync(mirrorFolder(cluster))).toBe(false);
  });

  test('a key below another one’s file', async () => {
    const cluster = await lockedCluster(upstream);
    const text = readFileSync(cluster.lockFile, 'utf8');
    const key = /key: (kubectl\/.*)/.exec(text)?.[1];
    writeFileSync(cluster.lockFile, text.replace(/key: kubelet\/.*/, `key: ${key}/kubelet`));
    expect((await mistakes(() => pullIt(cluster)))[0]).toMatch(/^key-below-key: .*kubectl/);
  });
});

describe('obstacles', () => {
  test('a folder at a file’s place, and a file at a folder’s', async () => {
    const cluster = await lockedCluster(upstream);
    await pullIt(cluster);
    const [first = '', second = ''] = filesOf(cluster).filter((path) => path.includes('/'));
    const folder = mirrorFolder(cluster);
    rmSync(join(folder, first));
    mkdirSync(join(folder, first));
    rmSync(dirname(join(folder, second)), { recursive: true });
    writeFileSync(dirname(join(folder, second)), 'mine');
    const { details } = await failureOf(pullIt(cluster));
    expect(details.map((one) => [one.code, one.message])).toEqual(
      expect.arrayContaining([
        ['name-clash', expect.stringContaining(`${first} is a folder, and an artifact belongs there`)],
        ['cannot-write', expect.stringContaining('a file stands where a folder belongs')],
      ]),
    );
    expect(readFileSync(dirname(join(folder, second)), 'utf8')).toBe('mine');
  });

  test('another lock’s file under the same key is not replaced', async () => {
    const cluster = await lockedCluster(upstream);
    await pullIt(cluster);
    publishAll(upstream, cluster, 5000);
    await lockIt(cluster, { update: ['kubectl'] });
    const said = await mistakes(() => pullIt(cluster));
    expect(said[0]).toMatch(
      /^name-clash: kubectl 1\.35\.8 amd64: .* holds other bytes than kubectl 1\.35\.8 amd64 of this lock/,
    );
    expect(readFileSync(join(mirrorFolder(cluster), 'kubectl/1.35.8/linux-amd64/kubectl')).length).toBe(3000);
  });

  test('the folder is a file', async () => {
    const cluster = await lockedCluster(upstream);
    writeFileSync(mirrorFolder(cluster), 'mine');
    expect(await failureOf(pullIt(cluster))).toMatchObject({
      code: 'cannot-write',
      message: expect.stringContaining('a file stands where a folder belongs'),
    });
    expect(readFileSync(mirrorFolder(cluster), 'utf8')).toBe('mine');
  });

  test('an index that somebody edited', async () => {
    const cluster = await lockedCluster(upstream);
    mkdirSync(mirrorFolder(cluster));
    writeFileSync(join(mirrorFolder(cluster), 'index.json'), '{}');
    expect((await mistakes(() => pullIt(cluster)))[0]).toMatch(/^mirror-index-broken: /);
  });

  test('more bytes than the disk can hold are reported before the first byte', async () => {
    const cluster = await lockedCluster(upstream);
    writeFileSync(
      cluster.lockFile,
      readFileSync(cluster.lockFile, 'utf8').replace('size: 3000', `size: ${10 ** 15 - 1}`),
    );
    expect(await failureOf(pullIt(cluster))).toMatchObject({
      code: 'disk-full',
      message: expect.stringMatching(/bytes free, and \d{15,} are still to come/),
    });
    expect(upstream.seen).toEqual([]);
  });
});
