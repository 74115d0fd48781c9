import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packagePath } from '../../src/base/files/package-root.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { listen, stop } from '../support/upstream.ts';

/** Node reads NODE_EXTRA_CA_CERTS when it starts, so each case is a separate process. */
const folder = tempFolder('https');
const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'ca.pem')];
let server: Server;
let url: string;

beforeAll(async () => {
  const names = ['-subj', '/CN=upstream', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:upstream.test'];
  const making = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', [...making, '-keyout', key, '-out', certificate, ...names], { stdio: 'ignore' });
  server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (request, response) => {
    if (request.url === '/down') response.writeHead(302, { location: 'http://127.0.0.1:9/x?token=secret' }).end();
    else response.writeHead(200, { 'content-length': 5 }).end(request.method === 'HEAD' ? undefined : 'hello');
  });
  url = (await listen(server)).replace('http:', 'https:');
});
afterAll(() => stop(server));

/** The size of a file, or why it could not be had. */
async function sizeOf(of: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const script = `
    import { sizeOf } from ${JSON.stringify(packagePath('src/mirror/download/ask-upstream.ts'))};
    import { processSurroundings } from ${JSON.stringify(packagePath('src/net/surroundings.ts'))};
    const patience = { answerMs: 9000, stallMs: 9000, slowest: 1, tries: 1, firstDelayMs: 1, longestDelayMs: 1, longestRetryAfterMs: 1 };
    const surroundings = processSurroundings(new AbortController().signal, patience);
    console.log(await sizeOf(process.argv[1], surroundings).catch((error) => error.message + ' | ' + error.hint));
  `;
  const child = spawn(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), '--input-type=module', '--eval', script, of],
    { env: { PATH: process.env.PATH, NODE_EXTRA_CA_CERTS: certificate, ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  await new Promise((resolve) => child.on('close', resolve));
  return said.trim();
}

test('a server with a trusted authority, and one without', async () => {
  expect(await sizeOf(`${url}/x`)).toBe('5');
  expect(await sizeOf(`${url}/x`, { NODE_EXTRA_CA_CERTS: '' })).toMatch(
    /^https:.*\/x: its certificate is not trusted: .* \| name your own authority in NODE_EXTRA_CA_CERTS=FILE\.pem$/,
  );
});

test('from https to http is not followed', async () => {
  expect(await sizeOf(`${url}/down`)).toMatch(/^https:.*\/down redirects from https to http:\/\/127\.0\.0\.1:9\/x \| /);
});

test('https uses a tunnel of the proxy, and the proxy sees only the host', async () => {
  const asked: (string | undefined)[] = [];
  const port = new URL(url).port;
  const proxy = createHttpServer((request, response) => {
    asked.push(request.url);
    response.writeHead(500).end();
  });
  proxy.on('connect', (request, socket) => {
    asked.push(request.url, request.headers['proxy-authorization']);
    if (request.url?.startsWith('refused')) return socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    const through = connect(Number(port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      through.pipe(socket).pipe(through);
    });
    return undefined;
  });
  const HTTPS_PROXY = (await listen(proxy)).replace('//', '//me:word@');
  // A name that only the proxy can reach.
  expect(await sizeOf('https://upstream.test/x', { HTTPS_PROXY })).toBe('5');
  expect(asked).toEqual(['upstream.test:443', `Basic ${Buffer.from('me:word').toString('base64')}`]);
  expect(await sizeOf('https://refused.test/x', { HTTPS_PROXY })).toMatch(
    /^the proxy http:\/\/127\.0\.0\.1:\d+\/ answered 403 to CONNECT refused\.test:443 \| check HTTP_PROXY/,
  );
  await stop(proxy);
});
