import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  expectWhole,
  failureOf,
  lockIt,
  type MirrorCluster,
  mirrorCluster,
  mirrorFolder,
  publishAll,
  pullIt,
} from '../../commands/mirror/fixture.ts';
import { startUpstream, type Upstream } from '../../support/upstream.ts';

/** Judged by the kernel (a disk that is really full, a mount that is really read-only) and by sha256sum and curl. */
let upstream: Upstream;
let cluster: MirrorCluster;
let mounted: string | undefined;
const megabyte = 1_000_000;

beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(() => upstream.close());

/** A mirror on a file system of this size. */
function mount(options: string): void {
  mkdirSync(mirrorFolder(cluster));
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'knode-test', mirrorFolder(cluster)]);
  mounted = mirrorFolder(cluster);
}

function unmount(): void {
  if (mounted !== undefined) execFileSync('umount', [mounted]);
  mounted = undefined;
}
process.once('exit', unmount);

beforeEach(async () => {
  cluster = mirrorCluster(upstream.hosts);
  upstream.files.clear();
  publishAll(upstream, cluster, megabyte);
  await lockIt(cluster);
});
afterEach(unmount);

/** Without sizes it is impossible to know in advance that they do not fit. */
function forgetSizes(): void {
  writeFileSync(cluster.lockFile, readFileSync(cluster.lockFile, 'utf8').replace(/^ {4}size: .*\n/gm, ''));
}

test('a disk that fills up in the middle: a clear failure, no wrong file in place, and it continues with more space', async () => {
  forgetSizes();
  mount('size=5m');
  const failure = await failureOf(pullIt(cluster));
  expect(failure.details.map((one) => one.code)).toContain('disk-full');
  expect(failure.details[0]?.message).toMatch(/cannot write .*: no space is left$/);
  const there = (readdirSync(mirrorFolder(cluster), { recursive: true }) as string[]).filter((path) =>
    statSync(join(mirrorFolder(cluster), path)).isFile(),
  );
  expect(there.filter((path) => path.endsWith('index.json'))).toEqual([]);
  const whole = there.filter((path) => !path.split('/').at(-1)?.startsWith('.'));
  expect(whole.length).toBeGreaterThan(0);
  for (const path of whole) expect(statSync(join(mirrorFolder(cluster), path)).size).toBe(megabyte);
  execFileSync('mount', ['-o', 'remount,size=100m', mirrorFolder(cluster)]);
  const io = await pullIt(cluster);
  expect(io.out()).toContain(`${whole.length} files were there already`);
  expectWhole(cluster, megabyte);
});

test('a disk that is too small is reported before the first byte', async () => {
  mount('size=5m');
  upstream.seen.length = 0;
  expect(await failureOf(pullIt(cluster))).toMatchObject({
    code: 'disk-full',
    message: expect.stringMatching(/ has \d+ bytes free, and \d+ are still to come/),
  });
  expect(upstream.seen).toEqual([]);
});

test('a full disk leaves the previous index unchanged', async () => {
  mount('size=100m');
  await pullIt(cluster);
  const index = readFileSync(join(mirrorFolder(cluster), 'index.json'), 'utf8');
  rmSync(join(mirrorFolder(cluster), 'kubectl'), { recursive: true });
  // Ends with "no space left", as intended.
  spawnSync('dd', ['if=/dev/zero', `of=${join(mirrorFolder(cluster), 'ballast')}`, 'bs=64k']);
  await failureOf(pullIt(cluster));
  expect(readFileSync(join(mirrorFolder(cluster), 'index.json'), 'utf8')).toBe(index);
});

test('a read-only folder', async () => {
  mount('ro');
  expect(await failureOf(pullIt(cluster))).toMatchObject({
    code: 'cannot-write',
    message: expect.stringContaining('the file system is read-only'),
  });
});

test('sha256sum finds what the index says, and every file may be read by everybody', async () => {
  await pullIt(cluster);
  const out = execFileSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: mirrorFolder(cluster), encoding: 'utf8' });
  expect(out.trimEnd().split('\n')).toHaveLength(cluster.needs.length);
  expect(out).not.toContain('FAILED');
  const modes = (readdirSync(mirrorFolder(cluster), { recursive: true }) as string[])
    .filter((path) => !path.split('/').at(-1)?.startsWith('.'))
    .map((path) => statSync(join(mirrorFolder(cluster), path)))
    .map((info) => (info.mode & (info.isDirectory() ? 0o755 : 0o444)).toString(8));
  expect(new Set(modes)).toEqual(new Set(['755', '444']));
});
