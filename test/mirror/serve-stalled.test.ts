import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFolderIndex } from '../../src/mirror/layout/folder-index.ts';
import { startListening, stopListening } from '../../src/mirror/serve/listen.ts';
import { openMirrorFolder } from '../../src/mirror/serve/mirror-folder.ts';
import { type Access, mirrorServer, type ServerLimits } from '../../src/mirror/serve/server.ts';
import { builtCli } from '../support/built-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { fillMirror, noise } from './store-fixture.ts';

const key = 'etcd/3.6.8/linux-amd64/etcd.tar.gz';
/** More than the kernel holds for a connection. */
const size = 24_000_000;
const folder = tempFolder('serve-stalled');

/** A reader that requests the file and then reads no more than the kernel buffers. */
function stalledReader(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`GET /${key} HTTP/1.1\r\nHost: x\r\n\r\n`));
    socket.once('error', reject).once('readable', () => {
      // What was closed is readable, too, and has nothing.
      if (socket.read(1) === null) reject(new Error('closed'));
      else resolve(socket);
    });
  });
}

beforeAll(() => {
  fillMirror(folder, { [key]: noise(size, 1) });
});

describe.runIf(existsSync('/proc/self/status'))('2,000 stalled readers', () => {
  let child: ChildProcess;
  const sockets: Socket[] = [];
  afterAll(() => {
    for (const one of sockets) one.destroy();
    child?.kill('SIGKILL');
  });

  const megabytes = (line: string) =>
    Number(new RegExp(`^${line}:\\s*(\\d+) kB`, 'm').exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) /
    1024;
  const openFiles = () => readdirSync(`/proc/${child.pid}/fd`).length;

  it('cost the server less than 250 MiB, and another reader is served', { timeout: 180_000 }, async () => {
    const args = ['mirror', 'serve', folder, '--listen', '127.0.0.1:0'];
    child = spawn(process.execPath, [builtCli(), ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
    const said = await new Promise<Buffer>((resolve) => child.stdout?.once('data', resolve));
    const url = /http:\S+/.exec(said.toString())?.[0] ?? '';
    const before = megabytes('VmRSS');
    for (let at = 0; at < 2000; at += 100)
      sockets.push(...(await Promise.all(Array.from({ length: 100 }, () => stalledReader(Number(new URL(url).port))))));
    const answer = await fetch(url + key);
    expect((await answer.arrayBuffer()).byteLength).toBe(size);
    const peak = megabytes('VmHWM');
    process.stderr.write(
      `mirror serve: ${before.toFixed(0)} MiB alone, ${peak.toFixed(0)} MiB with 2,000 stalled readers\n`,
    );
    expect(openFiles()).toBeGreaterThan(1000);
    expect(peak).toBeLessThan(250);
  });
});

describe('limits', () => {
  async function serve<T>(limits: ServerLimits, use: (port: number, seen: Seen) => Promise<T>): Promise<T> {
    const seen: Seen = { accesses: [], said: [] };
    const say = (text: string) => seen.said.push(text);
    const index = readFolderIndex(folder).value!;
    const options = {
      folder: openMirrorFolder(folder, index, say),
      access: (one: Access) => seen.accesses.push(one),
      say,
    };
    const server = mirrorServer(options, limits);
    const url = await startListening(server, { host: '127.0.0.1', port: 0 });
    try {
      return await use(Number(new URL(url).port), seen);
    } finally {
      await stopListening(server, 0);
    }
  }

  it('a stalled reader is cut off, a slow one is not', async () => {
    await serve({ stalledMs: 1000, connections: 10 }, async (port, { accesses }) => {
      const stalled = await stalledReader(port);
      const slow = await stalledReader(port);
      const reading = setInterval(() => slow.read(2_000_000) ?? slow.read(), 200);
      await expect.poll(() => accesses.length, { timeout: 20_000 }).toBe(2);
      // Which of them ends first depends on the machine's load.
      const [cutOff, served] = [...accesses].sort((a, b) => Number(a.whole) - Number(b.whole));
      expect(cutOff).toMatchObject({ status: 200, whole: false });
      expect(served).toMatchObject({ status: 200, whole: true, bytes: size });
      clearInterval(reading);
      for (const one of [stalled, slow]) one.destroy();
    });
  });

  it('connections above the limit are closed, and this is reported once', async () => {
    await serve({ stalledMs: 30_000, connections: 2 }, async (port, { said }) => {
      const open = [await stalledReader(port), await stalledReader(port)];
      for (let more = 0; more < 3; more++) await expect(stalledReader(port)).rejects.toThrow();
      expect(said).toEqual([expect.stringMatching(/^2 connections are open/)]);
      for (const one of open) one.destroy();
      await expect
        .poll(() =>
          stalledReader(port).then(
            (one) => one.destroy() !== undefined,
            () => false,
          ),
        )
        .toBe(true);
    });
  });
});

interface Seen {
  readonly accesses: Access[];
  readonly said: string[];
}
