import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { publishedChecksum } from '../../src/mirror/download/ask-upstream.ts';
import { sourceOf } from '../../src/mirror/download/source.ts';
import { httpStore } from '../../src/object-store/http-store.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { quickPatience, quickSurroundings } from './download-fixture.ts';

const stop: (() => void)[] = [];
afterEach(() => {
  for (const one of stop.splice(0)) one();
});

/** A server that sends one byte after the other, for ever. */
async function dripping(): Promise<string> {
  const server = createServer((_, response) => {
    const timer = setInterval(() => response.write('x'), 50);
    response.on('close', () => clearInterval(timer));
    response.write('x');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  stop.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const surroundings = () => quickSurroundings({ patience: { ...quickPatience, stallMs: 600, slowest: 1000, tries: 2 } });

test('a slow server is given up as often as a silent one, although each try brings bytes', async () => {
  const url = `${await dripping()}/tool`;
  const source = sourceOf(url, 'amd64', { hosts: {}, folder: '' });
  const target = join(tempFolder('drip'), 'tool');
  const used = surroundings();
  const wrong = source.bring(target, { size: 1000, sha256: 'a'.repeat(64) }, used, {});
  await expect(wrong).rejects.toMatchObject({
    code: 'upstream-slow',
    message: expect.stringMatching(/sent only \d+ bytes in 0.6 s/),
  });
  expect(used.slept).toHaveLength(1);
});

test('a slow checksum list and a slow mirror are given up, too', async () => {
  const url = await dripping();
  await expect(publishedChecksum(`${url}/sums`, 'tool', 'sha256', surroundings())).rejects.toMatchObject({
    code: 'upstream-slow',
  });
  const body = await httpStore(`${url}/`, surroundings()).read('index.json');
  const all = async () => {
    for await (const _ of body?.chunks ?? []);
  };
  await expect(all()).rejects.toMatchObject({ code: 'upstream-slow' });
});
