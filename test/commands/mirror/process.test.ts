import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { builtCli } from '../../support/built-cli.ts';
import { canBeUnprivileged, knode as unprivilegedKnode } from '../../support/cli-process.ts';
import { startFaultProxy } from '../../support/fault-proxy.ts';
import { startUpstream, type Upstream } from '../../support/upstream.ts';
import { expectWhole, filesOf, lockedCluster, type MirrorCluster, mirrorFolder } from './fixture.ts';

// Each of these starts the program several times, on machines that may have other work.
vi.setConfig({ testTimeout: 120_000 });

let upstream: Upstream;
beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(() => upstream.close());
beforeEach(() => {
  upstream.files.clear();
  upstream.seen.length = 0;
});

describe('in a process of its own', () => {
  /** The real program; `started` receives the function that ends it. */
  async function knode(
    cluster: MirrorCluster,
    args: readonly string[],
    started: (kill: (signal: NodeJS.Signals) => void) => void = () => {},
  ) {
    const child = spawn(process.execPath, [builtCli(), '-f', cluster.file, ...args], {
      cwd: cluster.folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    started((signal) => child.kill(signal));
    let err = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
      child.on('close', (...ended) => resolve(ended)),
    );
    return { code, signal, err };
  }

  /** A pull that stalls in its second file, and the effect of a signal. */
  async function interrupted(signal: NodeJS.Signals) {
    const cluster = await lockedCluster(upstream, { artifacts: { parallel: 1 } }, 3_000_000);
    let stalled = () => {};
    let stall = true;
    const proxy = await startFaultProxy(upstream.url, (path) => {
      if (!stall || !path.endsWith('/amd64/kubelet')) return undefined;
      setTimeout(() => stalled(), 500);
      return { kind: 'stall', after: 2_000_000 };
    });
    const text = readFileSync(cluster.file, 'utf8');
    writeFileSync(cluster.file, text.replaceAll(upstream.url, proxy.url));
    const ended = await knode(cluster, ['mirror', 'pull'], (kill) => {
      stalled = () => kill(signal);
    });
    stall = false;
    const parts = filesOf(cluster).filter((path) => path.endsWith('.part'));
    upstream.seen.length = 0;
    const again = await knode(cluster, ['mirror', 'pull']);
    await proxy.close();
    return { cluster, ended, parts, again };
  }

  test('kill -9 in the middle: no wrong file is in place, and the next run finishes', async () => {
    const { cluster, ended, parts, again } = await interrupted('SIGKILL');
    expect(ended.signal).toBe('SIGKILL');
    expect(parts).toEqual(['kubelet/1.35.8/linux-amd64/.kubelet.part']);
    expect(again).toExit(0);
    expectWhole(cluster, 3_000_000);
  });

  test('Ctrl-C stops cleanly, says how to continue, and the next run resumes the part', async () => {
    const { cluster, ended, parts, again } = await interrupted('SIGINT');
    expect(ended).toMatchObject({
      signal: 'SIGINT',
      err: expect.stringMatching(/knode: stopped; run the same command again: it goes on where it stopped\n$/),
    });
    expect(parts).toHaveLength(1);
    expect(again).toExit(0);
    expect(upstream.seen.find((one) => one.path.endsWith('/amd64/kubelet'))?.range).toMatch(/^bytes=[1-9]\d*-$/);
    expectWhole(cluster, 3_000_000);
  });

  test('two pulls into one folder: the second is refused', async () => {
    const cluster = await lockedCluster(upstream, { artifacts: { parallel: 1 } }, 100_000);
    let second: Promise<{ code: number | null; err: string }> | undefined;
    const proxy = await startFaultProxy(upstream.url, (path, count) => {
      if (!path.endsWith('/amd64/kubelet') || count > 1) return undefined;
      second = knode(cluster, ['mirror', 'pull']);
      return { kind: 'stall', after: 50_000 };
    });
    writeFileSync(cluster.file, readFileSync(cluster.file, 'utf8').replaceAll(upstream.url, proxy.url));
    let stop = () => {};
    const first = knode(cluster, ['mirror', 'pull'], (kill) => {
      stop = () => kill('SIGKILL');
    });
    while (second === undefined) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await second).toExit(3, { err: expect.stringContaining('another knode mirror pull works in') });
    stop();
    await first;
    await proxy.close();
  });

  test('exit codes', async () => {
    const cluster = await lockedCluster(upstream);
    expect(await knode(cluster, ['mirror', 'pull'])).toExit(0);
    expect(await knode(cluster, ['mirror', 'pull', '--outptu', 'x'])).toExit(2);
    expect(await knode(cluster, ['mirror', 'lock', '--update', 'nothing'])).toExit(1);
    rmSync(cluster.lockFile);
    expect(await knode(cluster, ['mirror', 'pull'])).toExit(1);
    upstream.files.clear();
    expect(await knode(cluster, ['mirror', 'lock'])).toExit(3, {
      err: expect.not.stringContaining('    at '),
    });
  });

  test.skipIf(!canBeUnprivileged)('a folder that may not be written', async () => {
    const cluster = await lockedCluster(upstream);
    chmodSync(cluster.folder, 0o755);
    mkdirSync(mirrorFolder(cluster), { mode: 0o755 });
    if (process.getuid?.() !== 0) chmodSync(mirrorFolder(cluster), 0o555);
    const args = ['-f', cluster.file, 'mirror', 'pull', '-o', mirrorFolder(cluster)];
    expect(await unprivilegedKnode(args, { cwd: cluster.folder, unprivileged: true })).toExit(3, {
      err: expect.stringMatching(/^error: cannot write .*mirror: permission denied \[cannot-write\]\n {2}help: /),
    });
    expect(readdirSync(mirrorFolder(cluster))).toEqual([]);
  });
});
