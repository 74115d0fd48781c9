/** Objects in parts: what the server receives, and what it keeps if a part fails. */
import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { EnvironmentFailure, UserMistake } from '../../src/base/failure.ts';
import { mirrorPush } from '../../src/commands/mirror/push.ts';
import { indexKey } from '../../src/mirror/layout/keys.ts';
import { partBytes } from '../../src/object-store/part-memory.ts';
import { memoryIo } from '../commands/fixture.ts';
import { fillMirror, noise } from '../mirror/store-fixture.ts';
import { type S3Server, s3Environment, startS3 } from '../support/s3-server.ts';
import { tempFolder } from '../support/temp-folder.ts';

let s3: S3Server;
const saved = { ...process.env };
const key = (name: string) => `${name}/1.0.0/linux-amd64/${name}`;
/** More parts than fit into memory at once, exactly one part, one byte more, a small file, and an empty one. */
const sizes = { many: 9 * partBytes + 7, one: partBytes, two: partBytes + 1, small: 1000, empty: 0 };
const files = Object.fromEntries(Object.entries(sizes).map(([name, size], at) => [key(name), noise(size, at + 1)]));
const folder = tempFolder('parts');

beforeAll(async () => {
  Object.assign(process.env, s3Environment);
  s3 = await startS3();
  fillMirror(folder, files);
});
beforeEach(() => {
  s3.fault = () => undefined;
  for (const map of [s3.objects, s3.uploads]) map.clear();
  s3.seen.length = 0;
});
afterAll(async () => {
  process.env = saved;
  await s3.close();
});

const push = (input = folder) => {
  const options = { file: 'c.yaml', target: 's3://bkt/knode', endpointUrl: s3.endpoint, input, concurrency: '4' };
  return mirrorPush(options, memoryIo(), { tries: 2, connectMs: 5000, stallMs: 60_000, firstDelayMs: 1 });
};
const isPart = (request: string) => request.includes('partNumber=');

test('every object has the bytes of its file; a small one is sent in one request', async () => {
  await push();
  for (const [name, bytes] of Object.entries(files))
    expect(s3.objects.get(`/bkt/knode/${name}`)?.body.equals(bytes), name).toBe(true);
  const parts = s3.seen.filter(isPart);
  expect([parts.length, parts.filter((part) => part.includes(key('two'))).length]).toEqual([12, 2]);
  expect(s3.uploads.size).toBe(0);
});

test('a part that fails once is sent again, from the same memory', async () => {
  const failed = new Set<string>();
  s3.fault = (_, path) => {
    if (!isPart(path) || failed.has(path)) return undefined;
    failed.add(path);
    return { status: 503, code: 'SlowDown' };
  };
  await push();
  expect(failed.size).toBe(12);
  expect(s3.objects.get(`/bkt/knode/${key('many')}`)?.body.equals(files[key('many')] as Buffer)).toBe(true);
});

test('a part that keeps failing ends its upload: nothing is visible, and the server keeps no part', async () => {
  s3.fault = (_, path) => (path.includes('partNumber=3') ? { status: 403, code: 'AccessDenied' } : undefined);
  await expect(push()).rejects.toBeInstanceOf(UserMistake);
  s3.fault = (_, path) => (path.includes('partNumber=3') ? { status: 503, code: 'SlowDown' } : undefined);
  await expect(push()).rejects.toBeInstanceOf(EnvironmentFailure);
  expect([...s3.objects.keys()]).not.toContain(`/bkt/knode/${key('many')}`);
  expect([...s3.objects.keys()]).not.toContain(`/bkt/knode/${indexKey}`);
  expect(s3.uploads.size).toBe(0);
});

test('a file that is truncated while it is read ends its upload, too', async () => {
  const other = tempFolder('cut');
  fillMirror(other, { [key('many')]: files[key('many')] as Buffer });
  s3.fault = (_, path) => {
    if (isPart(path)) truncateSync(join(other, key('many')), partBytes);
    return undefined;
  };
  await expect(push(other)).rejects.toMatchObject({
    diagnostics: [{ code: 'mirror-file-wrong', message: expect.stringContaining('changed while it was read') }],
  });
  expect([s3.objects.size, s3.uploads.size]).toEqual([0, 0]);
});
