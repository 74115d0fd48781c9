import { createServer } from 'node:http';
import { describe, expect, test } from 'vitest';
import { checksumIn, publishedChecksum, sizeOf } from '../../src/mirror/download/ask-upstream.ts';
import { delayBefore, retryAfter } from '../../src/net/patience.ts';
import { proxyFor } from '../../src/net/proxy.ts';
import { quickPatience, quickSurroundings } from '../mirror/download-fixture.ts';
import { hashOf, listen, startUpstream, stop } from '../support/upstream.ts';

describe('proxyFor', () => {
  const env = { HTTPS_PROXY: 'http://proxy:3128', http_proxy: 'plain:8080' };
  test.each([
    ['https://dl.k8s.io/x', '', 'http://proxy:3128'],
    ['http://dl.k8s.io/x', '', 'http://plain:8080'],
    ['https://dl.k8s.io/x', '*', undefined],
    ['https://dl.k8s.io/x', 'k8s.io', undefined],
    ['https://dl.k8s.io/x', '.k8s.io', undefined],
    ['https://dl.k8s.io/x', 'other.io, dl.k8s.io:443', undefined],
    ['https://dl.k8s.io/x', 'dl.k8s.io:8443', 'http://proxy:3128'],
    ['https://notk8s.io/x', 'k8s.io', 'http://proxy:3128'],
    ['https://10.1.2.3/x', '10.0.0.0/8', undefined],
    ['https://11.1.2.3/x', '10.0.0.0/8', 'http://proxy:3128'],
    ['https://11.1.2.3/x', '10.0.0.0/99,nonsense/8', 'http://proxy:3128'],
    ['https://[fd00::1]/x', 'fd00::/8', undefined],
    ['https://[fd00::1]/x', 'fd00::1', undefined],
  ])('%s with NO_PROXY=%s', (url, no_proxy, expected) => {
    expect(proxyFor(new URL(url), { ...env, NO_PROXY: no_proxy })).toBe(expected);
  });

  test('no variable, no proxy', () => {
    expect(
      proxyFor(new URL('https://dl.k8s.io'), { HTTP_PROXY: 'http://proxy:3128', https_proxy: '' }),
    ).toBeUndefined();
  });
});

test('http goes through the proxy without a tunnel, with its password', async () => {
  const upstream = await startUpstream();
  upstream.files.set('/dl.k8s.io/x', Buffer.from('hello'));
  const seen: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    seen.push(request.url, request.headers.host, request.headers['proxy-authorization']);
    response.writeHead(200, { 'content-length': 5 }).end();
  });
  const proxy = await listen(server);
  const env = { http_proxy: proxy.replace('//', '//me:pass%20word@') };
  const surroundings = quickSurroundings({ env });
  expect(await sizeOf(`http://nowhere.example.com/x`, surroundings)).toBe(5);
  expect(seen).toEqual([
    'http://nowhere.example.com/x',
    'nowhere.example.com',
    `Basic ${Buffer.from('me:pass word').toString('base64')}`,
  ]);
  await expect(
    sizeOf('http://nowhere.example.com/x', quickSurroundings({ env: { http_proxy: 'socks5://proxy:1080' } })),
  ).rejects.toThrow('the proxy socks5://proxy:1080 is not an http(s) one');
  await stop(server);
  await upstream.close();
});

describe('redirects', () => {
  const served = async (location: string): Promise<Error> => {
    const server = createServer((_, response) => response.writeHead(302, { location }).end());
    const url = await listen(server);
    const error = await sizeOf(`${url}/a`, quickSurroundings()).then(
      () => new Error('it worked'),
      (reason: Error) => reason,
    );
    await stop(server);
    return error;
  };

  test('in a loop, and to an invalid address', async () => {
    expect((await served('/a')).message).toMatch(/redirects in a circle$/);
    expect((await served('file:///etc/passwd')).message).toMatch(
      /redirects to 'file:\/\/\/etc\/passwd', which is no http\(s\) URL$/,
    );
    expect((await served('http://')).message).toMatch(/which is no http\(s\) URL$/);
  });
});

describe('a checksum file', () => {
  const hash = hashOf('sha256', Buffer.from('x'));
  const other = hashOf('sha256', Buffer.from('y'));
  test.each([
    ['a bare hash', hash],
    ['a bare hash in capitals, with a line end', `${hash.toUpperCase()}\r\n`],
    ['one line of sha256sum', `${hash}  tool.tgz\n`],
    ['a binary line, with a folder', `${hash} *release/tool.tgz\n`],
    ['a list', `# SHA256\n${other}  other.tgz\n${hash}  tool.tgz\n${other}  tool.tgz.asc\n`],
    ['a line of BSD', `SHA256 (tool.tgz) = ${hash}\n`],
  ])('%s', (_, text) => {
    expect(checksumIn(text, 'tool.tgz', 'sha256')).toBe(hash);
  });

  test.each([
    ['another file alone', `${hash}  other.tgz\n`],
    ['another algorithm', `${hashOf('sha512', Buffer.from('x'))}  tool.tgz\n`],
    ['two bare hashes', `${hash}\n${other}\n`],
    ['a page in HTML', '<html><body>Not found</body></html>'],
    ['nothing', ''],
  ])('not %s', (_, text) => {
    expect(checksumIn(text, 'tool.tgz', 'sha256')).toBeUndefined();
  });

  test('without an end is given up', async () => {
    const server = createServer((_, response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65536, 'a')));
      };
      response.on('drain', more);
      more();
    });
    const url = await listen(server);
    await expect(publishedChecksum(`${url}/SHA256SUMS`, 'tool.tgz', 'sha256', quickSurroundings())).rejects.toThrow(
      'is larger than 1048576 bytes',
    );
    await stop(server);
  });
});

describe('patience', () => {
  test('doubles, is randomised, and has a limit', () => {
    const patience = { ...quickPatience, firstDelayMs: 1000, longestDelayMs: 30_000 };
    expect([1, 2, 3, 9].map((failed) => delayBefore(failed, patience, 1))).toEqual([1000, 2000, 4000, 30_000]);
    expect(delayBefore(1, patience, 0)).toBe(500);
  });

  test('reads Retry-After', () => {
    const now = new Date('2026-11-21T08:00:00Z');
    expect(retryAfter('5', now)).toBe(5000);
    expect(retryAfter('Sat, 21 Nov 2026 08:01:00 GMT', now)).toBe(60_000);
    expect(retryAfter('Sat, 21 Nov 2020 08:01:00 GMT', now)).toBe(0);
    expect([undefined, 'soon', '-1'].map((text) => retryAfter(text, now))).not.toContain(5000);
  });
});
