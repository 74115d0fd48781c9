import { createHash } from 'node:crypto';
import { someThread } from './hash-thread.ts';
import { sharedBuffer } from './hashes.ts';

const chunkBytes = 1 << 20;
/** For fewer bytes, starting or calling a thread would take longer. */
const littleBytes = 1 << 16;
const idle: Buffer<SharedArrayBuffer>[] = [];
let counted = 0;

/**
 * Hashes bytes in memory, on another core if there are many. Bytes that are not in shared memory are copied piece by
 * piece, which takes a tenth of the time of hashing. They must not change meanwhile.
 */
export async function hashBytes(bytes: Uint8Array, algorithm: string): Promise<Buffer> {
  if (bytes.length <= littleBytes) return createHash(algorithm).update(bytes).digest();
  const thread = someThread();
  const id = `bytes-${counted++}`;
  if (bytes.buffer instanceof SharedArrayBuffer) {
    const [hex = ''] = await thread.send({ id, begin: [algorithm], chunk: bytes, tell: true, end: true });
    return Buffer.from(hex, 'hex');
  }
  const buffers = [idle.pop() ?? sharedBuffer(chunkBytes), idle.pop() ?? sharedBuffer(chunkBytes)] as const;
  let [filled, free] = buffers;
  const asked = [thread.send({ id, begin: [algorithm] })];
  try {
    for (let at = 0; at < bytes.length; at += chunkBytes, [filled, free] = [free, filled]) {
      // By now the buffer before the last one has been hashed.
      await asked.at(-2);
      const piece = bytes.subarray(at, at + chunkBytes);
      filled.set(piece);
      asked.push(thread.send({ id, chunk: filled.subarray(0, piece.length) }));
      asked.at(-1)?.catch(() => {});
    }
    const [hex = ''] = await thread.send({ id, tell: true, end: true });
    return Buffer.from(hex, 'hex');
  } finally {
    await Promise.allSettled(asked);
    idle.push(...buffers);
  }
}
