import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { partPath } from '../../src/mirror/download/part-file.ts';
import { sourceOf } from '../../src/mirror/download/source.ts';
import type { Expected } from '../../src/mirror/download/transfer.ts';
import type { Surroundings } from '../../src/net/surroundings.ts';
import { type Fault, type Faults, startFaultProxy } from '../support/fault-proxy.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { bytesOf, hashOf, startUpstream, type Upstream } from '../support/upstream.ts';
import { quickSurroundings } from './download-fixture.ts';

const size = 300_000;
const bytes = bytesOf('tool', size);
const pinned: Expected = { size, sha256: hashOf('sha256', bytes) };
let upstream: Upstream;

beforeAll(async () => {
  upstream = await startUpstream();
  upstream.files.set('/dl.k8s.io/tool', bytes);
});
afterAll(() => upstream.close());

interface Brought {
  readonly target: string;
  readonly error: string;
  readonly code: string;
  readonly said: readonly string[];
  readonly slept: readonly number[];
  readonly requests: number;
}

/** Brings the file through a proxy with faults into a folder. */
async function bring(
  faults: Faults,
  {
    expected = pinned,
    folder = tempFolder('transfer'),
    over = {},
    came = () => undefined,
  }: { expected?: Expected; folder?: string; over?: Partial<Surroundings>; came?: () => void } = {},
): Promise<Brought> {
  const proxy = await startFaultProxy(upstream.url, faults);
  const target = join(folder, 'tool/1.0.0/linux-amd64/tool');
  const source = sourceOf('https://dl.k8s.io/tool', 'amd64', {
    hosts: { 'dl.k8s.io': `${proxy.url}/dl.k8s.io` },
    folder,
  });
  const surroundings = quickSurroundings(over);
  const said: string[] = [];
  const watcher = {
    bytes: came,
    retry: (reason: string) => said.push(reason),
    restart: (reason: string) => said.push(`restart: ${reason}`),
  };
  let failure: { code?: string; message?: string } = {};
  try {
    await source.bring(target, expected, surroundings, watcher);
  } catch (error) {
    failure = error as Error;
  }
  await proxy.close();
  const [requests] = proxy.counts.values();
  const local = (text: string) => text.replaceAll(proxy.url, 'http://proxy');
  return {
    target,
    error: local(failure.message ?? ''),
    code: failure.code ?? '',
    said: said.map(local),
    slept: surroundings.slept,
    requests: requests ?? 0,
  };
}

const first =
  (...faults: readonly (Fault | undefined)[]): Faults =>
  (_, count) =>
    faults[count - 1];

function hold({ target }: Brought): void {
  expect(hashOf('sha256', readFileSync(target))).toBe(pinned.sha256);
  expect(readdirSync(join(target, '..'))).toEqual(['tool']);
}

describe('failures that heal', () => {
  test.each<[string, Fault, RegExp]>([
    ['a reset connection', { kind: 'reset', after: 100_000 }, /the connection broke|aborted/],
    ['a stall in the body', { kind: 'stall', after: 100_000 }, /sent nothing for 2 s/],
    ['no answer at all', { kind: 'stall', after: -1 }, /did not answer within 4 s/],
    ['a body that ends early', { kind: 'truncate', after: 100_000, length: 'told' }, /aborted|broke|ended after/],
    [
      'a body without a length that ends early',
      { kind: 'truncate', after: 100_000, length: 'untold' },
      /ended after 100000 of 300000 bytes/,
    ],
    ['500', { kind: 'status', status: 500 }, /answered 500 \(internal error\)/],
    ['503', { kind: 'status', status: 503 }, /answered 503 \(unavailable\)/],
    ['429', { kind: 'status', status: 429 }, /answered 429 \(too many requests\)/],
  ])('%s', async (_, fault, said) => {
    const brought = await bring(first(fault));
    expect(brought.error).toBe('');
    expect(brought.said).toEqual([expect.stringMatching(said)]);
    expect(brought.requests).toBe(2);
    hold(brought);
  });

  test('an existing file is not fetched again', async () => {
    upstream.seen.length = 0;
    hold(await bring(first({ kind: 'reset', after: 100_000 }, { kind: 'reset', after: 100_000 })));
    const ranges = upstream.seen.map((one) => Number(/^bytes=(\d+)-$/.exec(one.range ?? '')?.[1] ?? -1));
    expect(ranges).toHaveLength(3);
    expect(ranges[1]).toBeGreaterThan(0);
    expect(ranges[2]).toBeGreaterThan(ranges[1] ?? 0);
  });

  test('a link that always breaks, as long as it makes progress', async () => {
    hold(await bring(() => ({ kind: 'reset', after: 40_000 })));
  });

  test('a server without ranges starts again', async () => {
    hold(await bring(first({ kind: 'reset', after: 100_000 }, { kind: 'no-ranges' })));
  });

  test('a different range than requested', async () => {
    const brought = await bring(first({ kind: 'reset', after: 100_000 }, { kind: 'other-range' }));
    expect(brought.said[1]).toContain('sent another part than asked for');
    hold(brought);
  });
});

describe('a part of an earlier run', () => {
  const partOf = (content: Buffer, etag?: string): string => {
    const folder = tempFolder('part');
    const part = partPath(join(folder, 'tool/1.0.0/linux-amd64/tool'));
    mkdirSync(join(part, '..'), { recursive: true });
    writeFileSync(part, content);
    if (etag !== undefined) writeFileSync(`${part}.etag`, etag);
    return folder;
  };

  test('is resumed', async () => {
    upstream.seen.length = 0;
    hold(await bring(first(), { folder: partOf(bytes.subarray(0, 123_456)) }));
    expect(upstream.seen.map((one) => one.range)).toEqual(['bytes=123456-']);
  });

  test('that is whole needs no request', async () => {
    const brought = await bring(first(), { folder: partOf(bytes) });
    expect(brought.requests).toBe(0);
    hold(brought);
  });

  test('of another file is fetched once more from zero', async () => {
    const brought = await bring(first(), { folder: partOf(Buffer.alloc(1000, 'x')) });
    expect(brought.said).toEqual([expect.stringMatching(/^restart: .* is not what was pinned/)]);
    expect(brought.requests).toBe(2);
    hold(brought);
  });

  test('longer than the file is fetched again, too', async () => {
    const brought = await bring(first(), { folder: partOf(Buffer.alloc(size + 1, 'x')) });
    expect(brought.said).toEqual([expect.stringMatching(/^restart: .* has 300001 bytes, the lock says 300000/)]);
    hold(brought);
  });

  test('of a version that upstream has replaced is not resumed', async () => {
    upstream.seen.length = 0;
    const brought = await bring(first(), { folder: partOf(bytes.subarray(0, 1000), '"older"'), expected: pinned });
    expect(brought.said).toEqual([]);
    hold(brought);
  });

  test('without a checksum counts only with its ETag', async () => {
    const etag = `"${hashOf('md5', bytes)}"`;
    upstream.seen.length = 0;
    hold(await bring(first(), { folder: partOf(bytes.subarray(0, 1000), etag), expected: {} }));
    hold(await bring(first(), { folder: partOf(Buffer.alloc(1000, 'x')), expected: {} }));
    expect(upstream.seen.map((one) => one.range)).toEqual(['bytes=1000-', undefined]);
  });

  test('of unknown size that is whole', async () => {
    hold(await bring(first(), { folder: partOf(bytes), expected: { sha256: pinned.sha256 } }));
  });
});

describe('failures that do not heal', () => {
  test('wrong bytes: both hashes, and nothing is left', async () => {
    const { error, code, target, requests } = await bring(() => ({ kind: 'wrong', at: 7 }));
    const wrong = Buffer.from(bytes);
    wrong[7] = (wrong[7] ?? 0) ^ 0xff;
    expect(error).toBe(
      `http://proxy/dl.k8s.io/tool is not what was pinned: its sha256 is ${hashOf('sha256', wrong)}, expected ${pinned.sha256}`,
    );
    expect([code, requests]).toEqual(['checksum-differs', 1]);
    expect(readdirSync(join(target, '..'))).toEqual([]);
  });

  test('wrong bytes after a resumed part: once more, then the error', async () => {
    const faults = first({ kind: 'reset', after: 100_000 }, { kind: 'wrong', at: 7 }, { kind: 'wrong', at: 8 });
    const { code, said, requests } = await bring(faults);
    expect([code, said.length, requests]).toEqual(['checksum-differs', 2, 3]);
    hold(await bring(first({ kind: 'reset', after: 100_000 }, { kind: 'wrong', at: 7 })));
  });

  test('a size that differs from the lock, before the download', async () => {
    const { error, code } = await bring(first(), { expected: { ...pinned, size: size - 1 } });
    expect([code, error]).toEqual([
      'size-differs',
      'http://proxy/dl.k8s.io/tool has 300000 bytes, the lock says 299999',
    ]);
  });

  test('a server that stays broken: tries with growing pauses, and the part stays', async () => {
    const { code, slept, requests, target } = await bring((_, count) =>
      count === 1 ? { kind: 'reset', after: 100_000 } : { kind: 'status', status: 503 },
    );
    expect([code, requests, slept.length]).toEqual(['upstream-refused', 4, 3]);
    expect(existsSync(target)).toBe(false);
    expect(readFileSync(partPath(target)).equals(bytes.subarray(0, readFileSync(partPath(target)).length))).toBe(true);
  });

  test.each([404, 403, 410])('%s is not requested again', async (status) => {
    const { error, requests } = await bring(() => ({ kind: 'status', status }));
    expect(error).toMatch(new RegExp(`^http://proxy/dl.k8s.io/tool answered ${status}`));
    expect(requests).toBe(1);
  });

  test('Retry-After is obeyed, in seconds and as a date; a long one is reported at once', async () => {
    const asks = (value: string) => first({ kind: 'status', status: 429, headers: { 'retry-after': value } });
    expect((await bring(asks('7'))).slept).toEqual([7000]);
    expect((await bring(asks('Sat, 21 Nov 2026 08:00:09 GMT'))).slept).toEqual([9000]);
    expect(await bring(asks('3600'))).toMatchObject({
      code: 'upstream-busy',
      error: expect.stringContaining('come back in 3600 s'),
    });
  });

  test('a closed port', async () => {
    const folder = tempFolder('nobody');
    const source = sourceOf('http://127.0.0.1:9/x', 'amd64', { hosts: {}, folder });
    await expect(source.bring(join(folder, 'x'), pinned, quickSurroundings(), {})).rejects.toThrow(
      'http://127.0.0.1:9/x: connection refused',
    );
  });

  test('an abort leaves the part', async () => {
    const stop = new AbortController();
    const brought = await bring(first({ kind: 'stall', after: 100_000 }), {
      over: { signal: stop.signal },
      came: () => stop.abort(),
    });
    expect(brought.error).toMatch(/aborted/);
    expect(readFileSync(partPath(brought.target)).length).toBeGreaterThan(0);
  });
});
