import { type FileHandle, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Hashes, type Measured, type Sink } from './sink.ts';
import { failures } from './words.ts';

/** Bytes that are gathered before they go to the disk. */
const batch = 1 << 20;

/**
 * The unfinished file beside its place, under a name that no mirror serves (it begins with a dot). It stays when knode ends, and the
 * next run goes on with it; beside it stands which version of upstream's file it is the beginning of.
 */
export class PartFile implements Sink {
  readonly #path: string;
  readonly #target: string;
  readonly #handle: FileHandle;
  readonly #hashes: Hashes;
  readonly #buffer = Buffer.allocUnsafe(batch);
  #buffered = 0;
  #validator: string | undefined;

  private constructor(target: string, handle: FileHandle, hashes: Hashes, validator: string | undefined) {
    this.#target = target;
    this.#path = partPath(target);
    this.#handle = handle;
    this.#hashes = hashes;
    this.#validator = validator;
  }

  /** Opens what an earlier run left, or begins. @throws DiskFailure */
  static async open(target: string, both: boolean): Promise<PartFile> {
    const path = partPath(target);
    return onDisk(path, async () => {
      await mkdir(dirname(target), { recursive: true, mode: 0o755 });
      const handle = await open(path, 'a+', 0o644);
      await handle.close();
      const writable = await open(path, 'r+');
      const hashes = new Hashes(both);
      for await (const chunk of writable.createReadStream({ autoClose: false, start: 0, highWaterMark: batch }))
        hashes.update(chunk as Buffer);
      const validator = await readFile(`${path}.etag`, 'utf8').catch(() => undefined);
      return new PartFile(target, writable, hashes, validator);
    });
  }

  get length(): number {
    return this.#hashes.size;
  }

  get validator(): string | undefined {
    return this.#validator;
  }

  async write(chunk: Buffer): Promise<void> {
    for (let at = 0; at < chunk.length; ) {
      const taken = chunk.copy(this.#buffer, this.#buffered, at);
      this.#buffered += taken;
      at += taken;
      if (this.#buffered === batch) await this.flush();
    }
  }

  /** What is hashed is on the disk: after a failure both still tell the same length. */
  async flush(): Promise<void> {
    const bytes = this.#buffer.subarray(0, this.#buffered);
    this.#buffered = 0;
    await onDisk(this.#path, async () => {
      for (let at = 0; at < bytes.length; ) {
        const { bytesWritten } = await this.#handle.write(bytes, at, bytes.length - at, this.#hashes.size);
        this.#hashes.update(bytes.subarray(at, at + bytesWritten));
        at += bytesWritten;
      }
    });
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

  measured(): Measured {
    return this.#hashes.measured();
  }

  /** Puts the file in its place; it was verified before. */
  async finish(): Promise<void> {
    await onDisk(this.#target, async () => {
      await this.#handle.chmod(0o644);
      await this.#handle.close();
      await rename(this.#path, this.#target);
      await rm(`${this.#path}.etag`, { force: true });
    });
  }

  /** Leaves it for the next run; an empty one is no use to anybody. */
  async keep(): Promise<void> {
    const empty = this.#hashes.size === 0;
    await this.#handle.close().catch(() => {});
    if (empty) await this.#remove();
  }

  /** Wrong bytes are no beginning of anything. */
  async discard(): Promise<void> {
    await this.#handle.close().catch(() => {});
    await this.#remove();
  }

  async #remove(): Promise<void> {
    await rm(this.#path, { force: true });
    await rm(`${this.#path}.etag`, { force: true });
  }
}

/** Where the unfinished file of a target is. */
export function partPath(target: string): string {
  return join(dirname(target), `.${basename(target)}.part`);
}

/** Runs what writes; whatever the disk answers is told with its remedy. */
export async function onDisk<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error) || !('syscall' in error)) throw error;
    throw failures.disk(path, error as NodeJS.ErrnoException);
  }
}
