import { type FileHandle, open } from 'node:fs/promises';
import { EnvironmentFailure, UserMistake } from '../../base/failure.ts';
import { sharedBuffer, ThreadHashes } from '../../object-store/hashing/hashes.ts';
import type { IndexEntry } from '../layout/layout.ts';
import { pushMessages } from './messages.ts';

const chunkBytes = 1024 * 1024;

/**
 * A file of the mirror, hashed while it is read. Before the reader can consider it complete, its bytes must match the
 * index.
 * @throws UserMistake if they do not; EnvironmentFailure if the disk fails.
 */
export async function* verifiedFile(path: string, entry: IndexEntry, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const file = await opened(path);
  const hashes = new ThreadHashes(false);
  try {
    const before = await file.stat();
    let hashed = Promise.resolve();
    let [filled, free] = [sharedBuffer(chunkBytes), sharedBuffer(chunkBytes)];
    for (;;) {
      // An abort must end the stream: the uploader checks only when it yields.
      signal.throwIfAborted();
      const { bytesRead } = await file.read(filled, 0, chunkBytes, null);
      await hashed;
      if (bytesRead === 0) break;
      hashed = hashes.update(filled.subarray(0, bytesRead));
      hashed.catch(() => {});
      // A copy, because parts of it wait in memory until the server has accepted them.
      const chunk = Buffer.from(filled.subarray(0, bytesRead));
      [filled, free] = [free, filled];
      if (hashes.size > entry.size) throw wrong(pushMessages.fileOtherSize(path, (await file.stat()).size, entry.size));
      yield chunk;
    }
    const { sha256: have, size } = await hashes.measured();
    if (have === entry.sha256 && size === entry.size) return;
    const after = await file.stat();
    const changed = after.mtimeMs !== before.mtimeMs || after.size !== before.size;
    if (changed) throw wrong(pushMessages.fileChanged(path));
    throw wrong(pushMessages.fileOtherBytes(path, have, entry.sha256));
  } catch (error) {
    throw explained(error, path);
  } finally {
    hashes.close();
    await file.close();
  }
}

async function opened(path: string): Promise<FileHandle> {
  try {
    return await open(path);
  } catch (error) {
    throw explained(error, path);
  }
}

function explained(error: unknown, path: string): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall === undefined) return error;
  if (code === 'ENOENT') return wrong(pushMessages.fileMissing(path));
  return new EnvironmentFailure(
    'mirror-unreadable',
    pushMessages.fileUnreadable(path, code),
    pushMessages.fileUnreadableHint,
  );
}

function wrong(message: string): UserMistake {
  return new UserMistake([{ severity: 'error', code: 'mirror-file-wrong', message, hint: pushMessages.fileHint }]);
}
