import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { mirrorServe } from '../../src/commands/mirror/serve.ts';
import { readFolderIndex } from '../../src/mirror/layout/folder-index.ts';
import { indexText, sumsText } from '../../src/mirror/layout/layout.ts';
import { parseRange } from '../../src/mirror/serve/byte-range.ts';
import { parseListen, startListening, stopListening } from '../../src/mirror/serve/listen.ts';
import { openMirrorFolder } from '../../src/mirror/serve/mirror-folder.ts';
import { type Access, mirrorServer } from '../../src/mirror/serve/server.ts';
import { memoryIo, mistakes } from '../commands/fixture.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { entryOf, fillMirror, noise } from './store-fixture.ts';

const etcd = 'etcd/3.6.8/linux-amd64/etcd.tar.gz';
const kubelet = 'kubelet/1.36.2/linux-arm64/kubelet';
const bytes = noise(100_000, 1);

test.each([
  [undefined, undefined],
  ['bytes=0-99', { start: 0, end: 99 }],
  ['bytes=900-', { start: 900, end: 999 }],
  ['bytes=900-5000', { start: 900, end: 999 }],
  ['bytes=-100', { start: 900, end: 999 }],
  ['bytes=-5000', { start: 0, end: 999 }],
  ['BYTES=5-5', { start: 5, end: 5 }],
  ['bytes=1000-', 'unsatisfiable'],
  ['bytes=-0', 'unsatisfiable'],
  ['bytes=9-1', undefined],
  ['bytes=-', undefined],
  ['bytes=0-1,5-6', undefined],
  ['lines=0-1', undefined],
  ['bytes=99999999999999999999-', undefined],
])('Range %s of 1000 bytes', (header, want) => {
  expect(parseRange(header, 1000)).toEqual(want);
});

test('addresses to listen on', async () => {
  expect(parseListen('10.0.0.5:8080')).toEqual({ host: '10.0.0.5', port: 8080 });
  expect(parseListen(':80')).toEqual({ host: '0.0.0.0', port: 80 });
  expect(parseListen('8080')).toEqual({ host: '0.0.0.0', port: 8080 });
  expect(parseListen('[::1]:0')).toEqual({ host: '::1', port: 0 });
  for (const bad of ['', 'host', '1.2.3.4:70000', 'http://x:1', '::1:80', 'a b:1'])
    expect(await mistakes(() => parseListen(bad))).toEqual([expect.stringContaining('not-a-listen-address')]);
});

describe('the server', () => {
  const folder = tempFolder('serve');
  const accesses: Access[] = [];
  const said: string[] = [];
  let server: Server;
  let base = '';

  beforeAll(async () => {
    fillMirror(folder, { [etcd]: bytes, [kubelet]: Buffer.alloc(0) });
    writeFileSync(join(folder, 'secret.txt'), 'not of the mirror');
    const index = readFolderIndex(folder).value!;
    const say = (text: string) => said.push(text);
    server = mirrorServer({ folder: openMirrorFolder(folder, index, say), access: (one) => accesses.push(one), say });
    base = await startListening(server, { host: '127.0.0.1', port: 0 });
  });
  afterAll(() => stopListening(server, 100));

  const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    fetch(new URL(path, base), { headers, method });

  it('serves an artifact with all headers for caching and resuming', async () => {
    const answer = await get(etcd);
    expect(answer.status).toBe(200);
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
    const { sha256 } = entryOf(etcd, bytes);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      etag: `"${sha256}"`,
      'content-length': '100000',
      'content-type': 'application/gzip',
      'cache-control': 'public, max-age=31536000, immutable',
      'accept-ranges': 'bytes',
      'repr-digest': `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`,
      'last-modified': expect.stringMatching(/GMT$/),
    });
  });

  it('serves index and sums fresh, and an empty file', async () => {
    const index = await get('index.json');
    expect(await index.text()).toBe(indexText(readFolderIndex(folder).value!));
    expect(index.headers.get('cache-control')).toBe('no-cache');
    expect(await (await get('SHA256SUMS')).text()).toBe(sumsText(readFolderIndex(folder).value!));
    const empty = await get(kubelet);
    expect([empty.status, await empty.text()]).toEqual([200, '']);
  });

  it('answers ranges, and HEAD without a body', async () => {
    const part = await get(etcd, { range: 'bytes=1000-1999' });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 1000-1999/100000']);
    expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(1000, 2000))).toBe(true);
    const beyond = await get(etcd, { range: 'bytes=100000-' });
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, 'bytes */100000']);
    const head = await get(etcd, { range: 'bytes=0-9' }, 'HEAD');
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '100000', '']);
  });

  it('answers conditions', async () => {
    const { etag = '', 'last-modified': modified = '' } = Object.fromEntries((await get(etcd, {}, 'HEAD')).headers);
    const status = async (headers: Record<string, string>) => (await get(etcd, headers)).status;
    expect(await status({ 'if-none-match': etag })).toBe(304);
    expect(await status({ 'if-none-match': `"other", W/${etag}` })).toBe(304);
    expect(await status({ 'if-none-match': '"other"', 'if-modified-since': modified })).toBe(200);
    expect(await status({ 'if-modified-since': modified })).toBe(304);
    expect(await status({ 'if-modified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' })).toBe(200);
    expect(await status({ 'if-match': '"other"' })).toBe(412);
    expect(await status({ 'if-match': etag })).toBe(200);
    expect(await status({ 'if-unmodified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' })).toBe(412);
    expect(await status({ 'if-range': etag, range: 'bytes=0-1' })).toBe(206);
    expect(await status({ 'if-range': modified, range: 'bytes=0-1' })).toBe(206);
    expect(await status({ 'if-range': '"other"', range: 'bytes=0-1' })).toBe(200);
  });

  it('is read-only', async () => {
    for (const method of ['PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS']) {
      const answer = await get(etcd, {}, method);
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    }
  });

  /** Unchanged: fetch would normalise the path. */
  function raw(path: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const { hostname, port } = new URL(base);
      const socket = connect(Number(port), hostname, () =>
        socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
      );
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1');
      });
      socket.on('end', () => resolve(text)).on('error', reject);
    });
  }

  it.each([
    '/secret.txt',
    '/../../etc/passwd',
    '/..%2f..%2fetc%2fpasswd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '//etc/passwd',
    '/',
    '/etcd/',
    '/etcd/3.6.8/../../secret.txt',
    '/index.json/',
    '/INDEX.JSON',
    '/%00',
    '/a\\..\\b',
  ])('serves only what the index names: %s', async (path) => {
    expect(await raw(path)).toMatch(/^HTTP\/1\.1 404 /);
  });

  it('refuses invalid URLs', async () => {
    expect(await raw('/%zz')).toMatch(/^HTTP\/1\.1 400 /);
  });

  // Not the synchronous one: the server is this process.
  const run = promisify(execFile);

  it('resumes for curl', async () => {
    const file = join(tempFolder('curl'), 'part');
    writeFileSync(file, bytes.subarray(0, 30_000));
    await run('curl', ['-sSf', '-C', '-', '-o', file, `${base}${etcd}`], { timeout: 20_000 });
    expect((await run('sha256sum', [file])).stdout).toContain(entryOf(etcd, bytes).sha256);
  });

  it('logs each request with the number of bytes sent', async () => {
    accesses.length = 0;
    await (await get(etcd, { range: 'bytes=0-9' })).arrayBuffer();
    await (await get('nowhere')).arrayBuffer();
    await expect.poll(() => accesses.length).toBe(2);
    expect(accesses).toMatchObject([
      { client: '127.0.0.1', method: 'GET', url: `/${etcd}`, status: 206, bytes: 10, whole: true },
      { url: '/nowhere', status: 404 },
    ]);
  });

  it('serves no file that left the folder, shrank or disappeared, and says why', async () => {
    const other = tempFolder('serve-broken');
    const keys = [
      'a/1/linux-amd64/out',
      'b/1/linux-amd64/in',
      'c/1/linux-amd64/short',
      'd/1/linux-amd64/gone',
      'e/1/linux-amd64/dir',
    ];
    fillMirror(other, Object.fromEntries(keys.map((key) => [key, bytes])));
    const [out = '', inside = '', short = '', gone = '', dir = ''] = keys.map((key) => join(other, key));
    const outside = join(tempFolder('outside'), 'file');
    writeFileSync(outside, bytes);
    rmSync(out);
    symlinkSync(outside, out);
    rmSync(inside);
    symlinkSync('../../../c/1/linux-amd64/copy', inside);
    writeFileSync(join(other, 'c/1/linux-amd64/copy'), bytes);
    truncateSync(short, 10);
    rmSync(gone);
    rmSync(dir);
    mkdirSync(dir);
    const reasons: string[] = [];
    const index = readFolderIndex(other).value!;
    const say = (text: string) => reasons.push(text);
    const second = mirrorServer({ folder: openMirrorFolder(other, index, say), access: () => undefined, say });
    const url = await startListening(second, { host: '127.0.0.1', port: 0 });
    const statuses = await Promise.all(keys.map(async (key) => (await fetch(url + key)).status));
    expect(statuses).toEqual([500, 200, 500, 500, 500]);
    expect(reasons.join('\n')).toMatch(/leads out of the folder/);
    expect(reasons.join('\n')).toMatch(/10 bytes, the index says 100000/);
    expect(reasons.join('\n')).toMatch(/it is not there/);
    expect(reasons.join('\n')).toMatch(/not a regular file/);
    await stopListening(second, 100);
  });

  it('reads an index that pull replaces, and keeps the old one if the new one is broken', async () => {
    const more = tempFolder('serve-more');
    fillMirror(more, { [etcd]: bytes });
    const reasons: string[] = [];
    const open = openMirrorFolder(more, readFolderIndex(more).value!, (text) => reasons.push(text));
    expect((await open.index()).artifacts).toHaveLength(1);
    fillMirror(more, { [etcd]: bytes, [kubelet]: bytes });
    expect((await open.index()).artifacts).toHaveLength(2);
    writeFileSync(join(more, 'index.json'), '{');
    expect((await open.index()).artifacts).toHaveLength(2);
    expect((await open.index()).artifacts).toHaveLength(2);
    expect(reasons).toEqual([expect.stringContaining('the old one is kept')]);
  });
});

describe('knode mirror serve', () => {
  const interrupt = () => {
    const controller = new AbortController();
    return {
      signal: controller.signal,
      came: () => undefined,
      dispose: () => undefined,
      stop: () => controller.abort(),
    };
  };

  it('prints its address, logs to stderr, lets transfers end and stops', async () => {
    const folder = tempFolder('serve-command');
    const much = noise(8_000_000, 5);
    fillMirror(folder, { [etcd]: much });
    const io = memoryIo();
    const stop = interrupt();
    const serving = mirrorServe({ file: 'cluster.yaml', folder, listen: '127.0.0.1:0', verify: true }, io, stop);
    await expect.poll(() => io.out()).toMatch(/^serving .* \(1 file\) at http:\/\/127\.0\.0\.1:\d+\/\n$/);
    const [url = ''] = /http:\S+/.exec(io.out()) ?? [];
    const answer = await fetch(url + etcd);
    stop.stop();
    const got = Buffer.from(await answer.arrayBuffer());
    expect(got.equals(much)).toBe(true);
    await serving;
    expect(io.err()).toContain(`GET /${etcd} 200 8000000`);
    await expect(fetch(url)).rejects.toThrow();
  });

  it('reports errors in folder, address and files', async () => {
    const folder = tempFolder('serve-wrong');
    const serve = (listen = '127.0.0.1:0') =>
      mistakes(() => mirrorServe({ file: 'cluster.yaml', folder, listen, verify: true }, memoryIo(), interrupt()));
    expect(await serve()).toEqual([expect.stringMatching(/^not-a-mirror: .*knode mirror pull/)]);
    fillMirror(folder, { [etcd]: bytes });
    expect(await serve('nonsense')).toEqual([expect.stringContaining('not-a-listen-address')]);
    writeFileSync(join(folder, etcd), noise(100_000, 2));
    expect(await serve()).toEqual([expect.stringMatching(/^mirror-not-right: .*sha256 of the file is/)]);
    writeFileSync(join(folder, 'index.json'), '[]');
    expect(await serve()).toEqual([expect.stringContaining('mirror-index-broken')]);
  });

  it('cannot use an occupied port', async () => {
    const taken = mirrorServer({
      folder: openMirrorFolder('.', { artifacts: [] }, () => undefined),
      access: () => undefined,
      say: () => undefined,
    });
    const url = await startListening(taken, { host: '127.0.0.1', port: 0 });
    const folder = tempFolder('serve-taken');
    fillMirror(folder, { [etcd]: bytes });
    const serve = mirrorServe({ file: 'c', folder, listen: `127.0.0.1:${new URL(url).port}` }, memoryIo(), interrupt());
    await expect(serve).rejects.toMatchObject({ code: 'cannot-listen', hint: expect.stringContaining('--listen') });
    await stopListening(taken, 0);
  });
});
