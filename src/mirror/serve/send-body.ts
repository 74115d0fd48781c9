import type { ServerResponse } from 'node:http';
import type { ByteRange } from './byte-range.ts';
import type { Served } from './mirror-folder.ts';

/** Approximate limit for the bytes that many readers hold in memory together: later readers get smaller chunks. */
const mostBuffered = 16 * 1024 * 1024;
const [smallestChunk, largestChunk] = [16 * 1024, 256 * 1024];

/** Size of a reader's chunk for this number of readers: many slow readers must not fill the memory. */
function chunkOf(readers: number): number {
  return Math.max(smallestChunk, Math.min(largestChunk, Math.floor(mostBuffered / readers)));
}

let readers = 0;

/**
 * Sends a range of a file. A reader holds one chunk in memory, which is refilled once the kernel has accepted it: a
 * stalled reader costs one chunk and no more.
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

/** Resolves when the kernel has accepted the bytes; rejects if the reader disconnects or is cut off. */
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
