import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { ask } from '../../src/net/http.ts';
import { pour } from '../../src/net/pace.ts';
import { quickSurroundings } from '../mirror/download-fixture.ts';
import { noise } from '../mirror/store-fixture.ts';

const stop: (() => void)[] = [];
afterEach(() => {
  for (const one of stop.splice(0)) one();
});

const bytes = noise(5_000_000, 1);

/** Pours an answer of this server into `take`; gives the bytes that it got. */
async function poured(
  answer: (response: ServerResponse) => void,
  take: (chunk: Buffer) => Promise<void> | undefined,
  signal?: AbortSignal,
): Promise<void> {
  const server = createServer((_, response) => answer(response));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  stop.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const surroundings = { ...quickSurroundings({}), ...(signal && { signal }) };
  await pour(url, await ask(url, { method: 'GET' }, surroundings), surroundings, take);
}

test('all bytes come in their order, and none while the last chunk is still taken', async () => {
  const got: Buffer[] = [];
  let busy = false;
  await poured(
    (response) => response.end(bytes),
    (chunk) => {
      expect(busy).toBe(false);
      got.push(Buffer.from(chunk));
      if (got.length % 3 !== 0) return undefined;
      busy = true;
      return sleep(1).then(() => {
        busy = false;
      });
    },
  );
  expect(busy).toBe(false);
  expect(Buffer.concat(got).equals(bytes)).toBe(true);
});

test('the end waits until the last chunk is taken', async () => {
  let taken = false;
  const take = () =>
    sleep(50).then(() => {
      taken = true;
    });
  await poured((response) => response.end('x'), take);
  expect(taken).toBe(true);
});

test('what the reader throws, at once or later, comes out as it is', async () => {
  const error = new Error('the disk is full');
  const thrown = poured(
    (response) => response.end(bytes),
    () => {
      throw error;
    },
  );
  await expect(thrown).rejects.toBe(error);
  await expect(
    poured(
      (response) => response.end(bytes),
      () => Promise.reject(error),
    ),
  ).rejects.toBe(error);
  await expect(
    poured(
      (response) => response.end('x'),
      () => Promise.reject(error),
    ),
  ).rejects.toBe(error);
});

test('an answer that breaks off is a failure of the transfer, and a signal ends the wait', async () => {
  const half = (response: ServerResponse) => {
    response.writeHead(200, { 'content-length': 100 });
    response.write('half');
  };
  const broken = (response: ServerResponse) => {
    half(response);
    setTimeout(() => response.destroy(), 20);
  };
  await expect(poured(broken, () => undefined)).rejects.toMatchObject({ code: 'upstream-broken', again: true });
  const abort = new AbortController();
  const take = () => {
    abort.abort(new Error('stopped'));
    return undefined;
  };
  await expect(poured(half, take, abort.signal)).rejects.toThrow('stopped');
});
