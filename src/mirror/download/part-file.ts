import { type FileHandle, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { failures } from '../../net/words.ts';
import { type Measured, sharedBuffer, ThreadHashes } from '../../object-store/hashing/hashes.ts';
import type { Sink } from './sink.ts';

/** Bytes that are buffered before they are written to the disk. */
const batch = 1 << 20;

/**
 * The unfinished file beside its target, under a name that no mirror serves (it begins with a dot). It stays when knode
 * ends, and the next run resumes it; a file beside it records which version of upstream's file it belongs to.
 */
export class PartFile implements Sink {
  readonly #path: string;
  readonly #target: string;
  readonly #handle: FileHandle;
  readonly #hashes: ThreadHashes;
  /** One buffer is filled while the other is hashed. */
  #buffers: readonly [Buffer, Buffer] = [sharedBuffer(batch), sharedBuffer(batch)];
  #hashed: Promise<void> = Promise.resolve();
  #buffered = 0;
  #validator: string | undefined;

  private constructor(target: string, handle: FileHandle, both: boolean, validator: string | undefined) {
    this.#target = target;
    this.#path = partPath(target);
    this.#handle = handle;
    this.#hashes = new ThreadHashes(both);
    this.#validator = validator;
  }

  /**
   * Opens the file of an earlier run, or creates one.
   * @throws DiskFailure
   */
  static async open(target: string, both: boolean): Promise<PartFile> {
    const path = partPath(target);
    return onDisk(path, async () => {
      await mkdir(dirname(target), { recursive: true, mode: 0o755 });
      const handle = await open(path, 'a+', 0o644);
      await handle.close();
      const writable = await open(path, 'r+');
      const validator = await readFile(`${path}.etag`, 'utf8').catch(() => undefined);
      const part = new PartFile(target, writable, both, validator);
      await part.#readBack();
      return part;
    });
  }

  async #readBack(): Promise<void> {
    for (;;) {
      const { bytesRead } = await this.#handle.read(this.#buffers[0], 0, batch, this.#hashes.size);
      if (bytesRead === 0) return;
      await this.#hash(this.#buffers[0].subarray(0, bytesRead));
    }
  }

  /** Starts hashing the buffer, and waits for the other one, which is filled next. */
  async #hash(bytes: Buffer): Promise<void> {
    const before = this.#hashed;
    this.#hashed = this.#hashes.update(bytes);
    // The next call awaits and reports the failure.
    this.#hashed.catch(() => {});
    const [filled, free] = this.#buffers;
    this.#buffers = [free, filled];
    await before;
  }

  get length(): number {
    return this.#hashes.size;
  }

  get validator(): string | undefined {
    return this.#validator;
  }

  write(chunk: Buffer): Promise<void> | undefined {
    const taken = chunk.copy(this.#buffers[0], this.#buffered);
    this.#buffered += taken;
    return this.#buffered < batch ? undefined : this.#flushBefore(chunk.subarray(taken));
  }

  async #flushBefore(rest: Buffer): Promise<void> {
    await this.flush();
    await this.write(rest);
  }

  /** Everything hashed is on the disk: after a failure both have the same length. */
  async flush(): Promise<void> {
    const bytes = this.#buffers[0].subarray(0, this.#buffered);
    this.#buffered = 0;
    if (bytes.length === 0) return;
    let written = 0;
    try {
      await onDisk(this.#path, async () => {
        while (written < bytes.length) {
          const position = this.#hashes.size + written;
          written += (await this.#handle.write(bytes, written, bytes.length - written, position)).bytesWritten;
        }
      });
    } finally {
      if (written > 0) await this.#hash(bytes.subarray(0, written));
    }
  }

  async restart(validator: string | undefined): Promise<void> {
    this.#buffered = 0;
    this.#validator = validator;
    await onDisk(this.#path, async () => {
      await this.#handle.truncate(0);
      this.#hashes.restart();
      if (validator === undefined) await rm(`${this.#path}.etag`, { force: true });
      else await writeFile(`${this.#path}.etag`, validator);
    });
  }

  measured(): Promise<Measured> {
    return this.#hashes.measured();
  }

  /** Moves the file to its target; it was already verified. */
  async finish(): Promise<void> {
    this.#hashes.close();
    await onDisk(this.#target, async () => {
      await this.#handle.chmod(0o644);
      await this.#handle.close();
      await rename(this.#path, this.#target);
      await rm(`${this.#path}.etag`, { force: true });
    });
  }

  /** Keeps it for the next run; an empty file is removed. */
  async keep(): Promise<void> {
    const empty = this.#hashes.size === 0;
    this.#hashes.close();
    await this.#handle.close().catch(() => {});
    if (empty) await this.#remove();
  }

  /** Wrong bytes cannot be resumed. */
  async discard(): Promise<void> {
    this.#hashes.close();
    await this.#handle.close().catch(() => {});
    await this.#remove();
  }

  async #remove(): Promise<void> {
    await rm(this.#path, { force: true });
    await rm(`${this.#path}.etag`, { force: true });
  }
}

/** Path of the unfinished file of a target. */
export function partPath(target: string): string {
  return join(dirname(target), `.${basename(target)}.part`);
}

/** The target of an unfinished file, or of the file beside it; undefined for any other name. */
export function targetOfPart(path: string): string | undefined {
  const name = /^\.(.+)\.part(?:\.etag)?$/.exec(basename(path))?.[1];
  return name === undefined ? undefined : join(dirname(path), name);
}

/** Runs a write operation; errors of the disk are reported with their remedy. */
export async function onDisk<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error) || !('syscall' in error)) throw error;
    throw failures.disk(path, error as NodeJS.ErrnoException);
  }
}
