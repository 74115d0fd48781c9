import { type FileHandle, open } from 'node:fs/promises';
import { type Measured, sharedBuffer, ThreadHashes } from './hashes.ts';

const chunkBytes = 1 << 20;

/**
 * Reads a file to its end: one part is read while the previous one is hashed.
 * @throws the disk's error, or `signal`'s reason.
 */
export async function hashFile(path: string, both: boolean, signal: AbortSignal): Promise<Measured> {
  const file = await open(path);
  const hashes = new ThreadHashes(both);
  try {
    await readThrough(file, hashes, signal);
    return await hashes.measured();
  } finally {
    hashes.close();
    await file.close();
  }
}

async function readThrough(file: FileHandle, hashes: ThreadHashes, signal: AbortSignal): Promise<void> {
  let [filled, free] = [sharedBuffer(chunkBytes), sharedBuffer(chunkBytes)];
  for (let hashed = Promise.resolve(); ; [filled, free] = [free, filled]) {
    signal.throwIfAborted();
    const { bytesRead } = await file.read(filled, 0, chunkBytes, null);
    await hashed;
    if (bytesRead === 0) return;
    hashed = hashes.update(filled.subarray(0, bytesRead));
    hashed.catch(() => {});
  }
}
