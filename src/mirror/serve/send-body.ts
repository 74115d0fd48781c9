import type { ServerResponse } from 'node:http';
import type { ByteRange } from './byte-range.ts';
import type { Served } from './mirror-folder.ts';

/** Bytes of files in memory that many readers may hold together, about: who comes later gets a smaller chunk. */
const mostBuffered = 16 * 1024 * 1024;
const [smallestChunk, largestChunk] = [16 * 1024, 256 * 1024];

/** Bytes that one of so many readers is sent at a time: many slow readers must not fill the memory. */
function chunkOf(readers: number): number {
  return Math.max(smallestChunk, Math.min(largestChunk, Math.floor(mostBuffered / readers)));
}

let readers = 0;

/**
 * Sends a range of a file. A reader holds one chunk in memory, which is filled again when the kernel has taken it: a reader that
 * takes nothing costs a chunk and no more.
 */
export async function sendBody(
  response: ServerResponse,
  { body }: Served,
  { start, end }: ByteRange,
  count: (bytes: number) => void,
): Promise<void> {
  if (Buffer.isBuffer(body)) {
    count(end + 1 - start);
    response.end(body.subarray(start, end + 1));
    return;
  }
  readers++;
  try {
    const chunk = Buffer.allocUnsafeSlow(Math.min(chunkOf(readers), end + 1 - start));
    for (let at = start; at <= end; ) {
      const { bytesRead } = await body.read(chunk, 0, Math.min(chunk.length, end + 1 - at), at);
      if (bytesRead === 0) throw new Error('the file became shorter while it was sent');
      count(bytesRead);
      await written(response, chunk.subarray(0, bytesRead));
      at += bytesRead;
    }
    response.end();
  } finally {
    readers--;
  }
}

/** Resolves when the kernel has the bytes; rejects when the reader goes away, or is cut off. */
function written(response: ServerResponse, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const gone = () => reject(new Error('the reader went away'));
    if (response.destroyed) return gone();
    response.once('close', gone);
    response.write(bytes, (error) => {
      response.off('close', gone);
      if (error) reject(error);
      else resolve();
    });
  });
}
