import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hashBytes } from '../../src/object-store/hashing/hash-bytes.ts';
import { hashFile } from '../../src/object-store/hashing/hash-file.ts';
import { HashThread } from '../../src/object-store/hashing/hash-thread.ts';
import { Hashes, sharedBuffer, ThreadHashes } from '../../src/object-store/hashing/hashes.ts';
import { tempFolder } from '../support/temp-folder.ts';

const digest = (name: string, bytes: Uint8Array) => createHash(name).update(bytes).digest('hex');
const never = new AbortController().signal;

function measuredOf(bytes: Uint8Array, both: boolean) {
  return { size: bytes.length, sha256: digest('sha256', bytes), sha512: both ? digest('sha512', bytes) : '' };
}

function shared(bytes: Uint8Array): Buffer {
  const buffer = sharedBuffer(bytes.length);
  buffer.set(bytes);
  return buffer;
}

describe('hashes of threads', () => {
  test('equal those of the bytes, for many files at a time, in the order of the bytes', async () => {
    const files = Array.from({ length: 20 }, (_, at) => [randomBytes(1000 * at), randomBytes(70_000), randomBytes(1)]);
    const measured = await Promise.all(
      files.map(async (chunks, at) => {
        const hashes = new ThreadHashes(at % 2 === 0);
        const given = chunks.map((chunk) => hashes.update(shared(chunk)));
        expect(hashes.size).toBe(Buffer.concat(chunks).length);
        const result = await hashes.measured();
        await Promise.all(given);
        hashes.close();
        return result;
      }),
    );
    expect(measured).toEqual(files.map((chunks, at) => measuredOf(Buffer.concat(chunks), at % 2 === 0)));
  });

  test('can be read in between, and restarted', async () => {
    const hashes = new ThreadHashes(false);
    expect(await hashes.measured()).toEqual(measuredOf(Buffer.alloc(0), false));
    await hashes.update(shared(Buffer.from('one')));
    expect(await hashes.measured()).toEqual(measuredOf(Buffer.from('one'), false));
    await hashes.update(shared(Buffer.from(' two')));
    expect(await hashes.measured()).toEqual(measuredOf(Buffer.from('one two'), false));
    hashes.restart();
    await hashes.update(shared(Buffer.from('three')));
    expect(await hashes.measured()).toEqual(measuredOf(Buffer.from('three'), false));
    hashes.close();
  });

  test('equal those without a thread', () => {
    const hashes = new Hashes(true);
    for (const chunk of ['a', 'bc']) hashes.update(Buffer.from(chunk));
    expect(hashes.measured()).toEqual(measuredOf(Buffer.from('abc'), true));
    hashes.restart();
    expect(hashes.measured()).toEqual(measuredOf(Buffer.alloc(0), true));
  });
});

test('fail for every caller after a thread has ended, and none waits for ever', async () => {
  const thread = new HashThread();
  const [first, second] = [thread.send({ id: 1, begin: ['no-such-hash'] }), thread.send({ id: 1, tell: true })];
  await expect(first).rejects.toThrow();
  await expect(second).rejects.toThrow();
  await expect(thread.send({ id: 1, tell: true })).rejects.toThrow();
});

describe('bytes in memory', () => {
  test.each([0, 1, 65_536, 65_537, 1 << 20, (1 << 20) + 1, (2 << 20) + 3, 5 << 20])('%i of them', async (size) => {
    const bytes = randomBytes(size);
    expect((await hashBytes(bytes, 'md5')).toString('hex')).toBe(digest('md5', bytes));
    expect((await hashBytes(shared(bytes), 'md5')).toString('hex')).toBe(digest('md5', bytes));
  });

  test('many at a time, from the middle of larger memory', async () => {
    const all = randomBytes(30_000_000);
    const parts = Array.from({ length: 12 }, (_, at) => all.subarray(at * 2_000_000 + at, at * 2_000_000 + 3_000_000));
    const hashed = await Promise.all(parts.map((part) => hashBytes(part, 'sha256')));
    expect(hashed.map((hash) => hash.toString('hex'))).toEqual(parts.map((part) => digest('sha256', part)));
  });

  test('with an unknown algorithm', async () => {
    await expect(hashBytes(Buffer.alloc(10), 'no-such-hash')).rejects.toThrow();
  });
});

describe('a file', () => {
  test.each([0, 1, 1 << 20, (1 << 20) + 1, 5_000_001])('of %i bytes', async (size) => {
    const [path, bytes] = [join(tempFolder('hash'), 'file'), randomBytes(size)];
    writeFileSync(path, bytes);
    expect(await hashFile(path, true, never)).toEqual(measuredOf(bytes, true));
  });

  test('that is missing, and one whose reader has left', async () => {
    const folder = tempFolder('hash');
    await expect(hashFile(join(folder, 'none'), false, never)).rejects.toMatchObject({ code: 'ENOENT' });
    writeFileSync(join(folder, 'some'), 'bytes');
    await expect(hashFile(join(folder, 'some'), false, AbortSignal.abort(new Error('ended')))).rejects.toThrow('ended');
  });
});
