import type { Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { EnvironmentFailure, UserMistake } from '../../base/failure.ts';
import { ThreadHashes } from '../../object-store/hashing/hashes.ts';
import type { UploadedObject, UploadSource } from '../../object-store/upload.ts';
import { pushMessages, say } from './messages.ts';

/**
 * A file of the mirror, hashed while it is read. Each method throws a UserMistake when the file is not what the index says, and an
 * EnvironmentFailure when the disk fails.
 */
export class VerifiedFile implements UploadSource {
  readonly #path: string;
  readonly #entry: UploadedObject;
  readonly #signal: AbortSignal;
  readonly #file: FileHandle;
  readonly #before: Stats;
  readonly #hashes = new ThreadHashes(false);

  private constructor(path: string, entry: UploadedObject, signal: AbortSignal, file: FileHandle, before: Stats) {
    this.#path = path;
    this.#entry = entry;
    this.#signal = signal;
    this.#file = file;
    this.#before = before;
  }

  static open(path: string, entry: UploadedObject, signal: AbortSignal): Promise<VerifiedFile> {
    return reading(path, async () => {
      const file = await open(path);
      return new VerifiedFile(path, entry, signal, file, await file.stat());
    });
  }

  fill(into: Buffer): Promise<{ readonly read: Promise<void> }> {
    return reading(this.#path, async () => {
      for (let filled = 0; filled < into.length; ) {
        this.#signal.throwIfAborted();
        const position = this.#hashes.size + filled;
        const { bytesRead } = await this.#file.read(into, filled, into.length - filled, position);
        if (bytesRead === 0) throw await this.#difference(position);
        filled += bytesRead;
      }
      const read = this.#hashes.update(into);
      // Callers that await it, or the sum, get the failure.
      read.catch(() => {});
      return { read };
    });
  }

  verify(): Promise<void> {
    return reading(this.#path, async () => {
      const { sha256, size } = await this.#hashes.measured();
      const same = sha256 === this.#entry.sha256 && size === this.#entry.size;
      if (!same || (await this.#file.stat()).size !== size) throw await this.#difference(size, sha256);
    });
  }

  async close(): Promise<void> {
    this.#hashes.close();
    await this.#file.close();
  }

  /** @param sha256 of the bytes that were read; undefined if the file ended too early. */
  async #difference(read: number, sha256?: string): Promise<UserMistake> {
    const after = await this.#file.stat();
    if (after.mtimeMs !== this.#before.mtimeMs || after.size !== this.#before.size)
      return wrong(pushMessages.fileChanged(this.#path));
    const [size, want] = [Math.max(after.size, read), this.#entry];
    if (size !== want.size || sha256 === undefined)
      return wrong(pushMessages.fileOtherSize(this.#path, size, want.size));
    return wrong(pushMessages.fileOtherBytes(this.#path, sha256, want.sha256));
  }
}

/** Does `work`; what the disk answers becomes a mistake or a failure. */
async function reading<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explained(error, path);
  }
}

function explained(error: unknown, path: string): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall === undefined) return error;
  if (code === 'ENOENT') return wrong(pushMessages.fileMissing(path));
  return new EnvironmentFailure(say('mirror-unreadable', { path, code }));
}

function wrong(message: string): UserMistake {
  return new UserMistake([{ severity: 'error', code: 'mirror-file-wrong', message, hint: pushMessages.fileHint }]);
}
