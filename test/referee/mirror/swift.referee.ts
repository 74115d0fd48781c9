import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { indexKey, sumsKey } from '../../../src/mirror/layout/keys.ts';
import type { IndexEntry } from '../../../src/mirror/layout/layout.ts';
import { fillMirror, lockText, noise } from '../../mirror/store-fixture.ts';
import { type Swift, startSwift, swiftTools } from '../servers/swift.ts';
import { describeReferee, type Finished, sh, tempDir } from '../tools.ts';
import { type Clients, clients, s3Environment, sha256Of, startKnode } from './s3-support.ts';

const tools = { ...swiftTools, rclone: 'rclone', s3cmd: 's3cmd', unshare: 'util-linux' };
const etcd = 'etcd/3.6.8/linux-amd64/etcd-v3.6.8-linux-amd64.tar.gz';
const kubelet = 'kubelet/1.36.2/linux-arm64/kubelet';

/** What is right by Ceph alone may be Ceph's merit. */
describeReferee('knode mirror against OpenStack Swift', { tools }, () => {
  let server: Swift;
  let home = '';
  let folder = '';
  let entries: readonly IndexEntry[] = [];
  let other: Clients;

  beforeAll(async () => {
    server = await startSwift();
    home = tempDir('swift-home');
    other = clients(server, home);
    folder = join(home, 'mirror');
    entries = fillMirror(folder, { [etcd]: noise(17_000_001, 1), [kubelet]: noise(700_000, 2) });
    writeFileSync(join(home, 'knode.lock.yaml'), lockText(entries));
    await other.s3cmd('mb', 's3://artifacts');
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(home, { recursive: true, force: true });
  });

  function knode(...args: readonly string[]): Promise<Finished> {
    const env = s3Environment(server.keys, home);
    return startKnode(['mirror', ...args, '--endpoint-url', server.endpoint], env, home).ended;
  }

  test('push, push again, verify and ls', async () => {
    const first = await knode('push', 's3://artifacts/knode', '-i', folder);
    expect([first.code, first.stderr]).toEqual([0, expect.stringContaining(`pushed ${etcd}`)]);
    expect(first.stdout).toMatch(/2 files pushed, 0 there already/);
    const again = await knode('push', 's3://artifacts/knode', '-i', folder);
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('0 files pushed, 2 there already')]);
    const verified = await knode('verify', 's3://artifacts/knode', '--deep');
    expect([verified.code, verified.stderr]).toEqual([0, expect.any(String)]);
    expect((await knode('ls', 's3://artifacts/knode')).stdout).toContain('etcd');
  });

  test('another client finds the same bytes', async () => {
    await other.rclone('copy', 'ceph:artifacts/knode', join(home, 'copy'));
    for (const { key, sha256 } of entries) expect(await sha256Of(join(home, 'copy', key))).toBe(sha256);
    await sh('sha256sum', ['-c', '--quiet', sumsKey], { cwd: join(home, 'copy'), check: true });
  });

  test('an object with other bytes is not overwritten, although the server has no conditions', async () => {
    await other.s3cmd('put', join(home, 'knode.lock.yaml'), `s3://artifacts/other/${kubelet}`);
    const refused = await knode('push', 's3://artifacts/other', '-i', folder);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('[mirror-object-differs]')]);
    expect((await other.s3cmd('ls', '-r', 's3://artifacts/other')).stdout).not.toContain(indexKey);
    expect(await knode('push', 's3://artifacts/other', '-i', folder, '--replace')).toExit(0);
    expect(await knode('verify', 's3://artifacts/other', '--deep')).toExit(0);
  });

  test('two pushes at the same time leave a complete mirror', async () => {
    const both = [1, 2].map(() => knode('push', 's3://artifacts/twice', '-i', folder));
    for (const { code, stderr } of await Promise.all(both)) expect([code, stderr]).toEqual([0, expect.any(String)]);
    expect(await knode('verify', 's3://artifacts/twice', '--deep')).toExit(0);
  });

  test('gc removes one by one: the server has no other way', async () => {
    const kept = join(home, 'kept.lock.yaml');
    writeFileSync(kept, lockText(entries.filter(({ key }) => key === kubelet)));
    const removed = await knode('gc', 's3://artifacts/knode', '--keep', kept, '--yes');
    expect([removed.code, removed.stderr]).toEqual([0, expect.any(String)]);
    const listed = (await other.s3cmd('ls', '-r', 's3://artifacts/knode')).stdout;
    expect(listed).toContain(kubelet);
    expect(listed).not.toContain(etcd);
  });
});
