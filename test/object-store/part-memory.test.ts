import { expect, test } from 'vitest';
import { type Lease, PartMemory, partBytes } from '../../src/object-store/part-memory.ts';

test('no more buffers are lent than exist; the first to wait is the first to get one', async () => {
  const memory = new PartMemory(2);
  const got: { readonly name: string; readonly lease: Lease }[] = [];
  const ask = (name: string) => memory.take(10).then((lease) => got.push({ name, lease }));
  const asked = ['a', 'b', 'c', 'd'].map(ask);
  await Promise.all(asked.slice(0, 2));
  expect(got.map(({ name }) => name)).toEqual(['a', 'b']);
  got[1]?.lease.end(true);
  await asked[2];
  got[0]?.lease.end(false);
  await asked[3];
  expect(got.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd']);
});

test('a buffer is lent again, unless it may still be read', async () => {
  const memory = new PartMemory(1);
  const lend = async (bytes: number, again: boolean): Promise<Buffer> => {
    const lease = await memory.take(bytes);
    lease.end(again);
    return lease.bytes;
  };
  const first = await lend(0, true);
  expect(first).toHaveLength(0);
  const second = await lend(partBytes, false);
  expect(second.buffer).toBe(first.buffer);
  const third = await lend(partBytes, true);
  expect(third.buffer).not.toBe(first.buffer);
  const larger = await lend(partBytes + 1, true);
  expect(larger).toHaveLength(partBytes + 1);
  expect((await lend(1, true)).buffer).toBe(larger.buffer);
});
