import { createHash, type Hash } from 'node:crypto';
import { type HashThread, someThread } from './hash-thread.ts';

/** Size and hashes of a file. */
export interface Measured {
  readonly size: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** Empty if not requested. */
  readonly sha512: string;
}

const algorithms = (both: boolean) => (both ? ['sha256', 'sha512'] : ['sha256']);

/** Hashes bytes synchronously, on this thread. */
export class Hashes {
  #hashes: readonly Hash[];
  readonly #both: boolean;
  #size = 0;

  /** @param both also compute sha512, which takes more time. */
  constructor(both: boolean) {
    this.#both = both;
    this.#hashes = algorithms(both).map((name) => createHash(name));
  }

  get size(): number {
    return this.#size;
  }

  update(chunk: Uint8Array): void {
    for (const hash of this.#hashes) hash.update(chunk);
    this.#size += chunk.length;
  }

  restart(): void {
    this.#hashes = algorithms(this.#both).map((name) => createHash(name));
    this.#size = 0;
  }

  measured(): Measured {
    const [sha256 = '', sha512 = ''] = this.#hashes.map((hash) => hash.copy().digest('hex'));
    return { size: this.#size, sha256, sha512 };
  }
}

/** Memory that threads can read without a copy. */
export function sharedBuffer(bytes: number): Buffer<SharedArrayBuffer> {
  return Buffer.from(new SharedArrayBuffer(bytes));
}

let counted = 0;

/**
 * Like `Hashes`, on another core, for large files: a processor without SHA instructions takes five seconds to hash a
 * gibibyte, and network and disk need not wait for it.
 */
export class ThreadHashes {
  readonly #both: boolean;
  readonly #id = counted++;
  #thread: HashThread | undefined;
  #size = 0;

  constructor(both: boolean) {
    this.#both = both;
  }

  /** Number of bytes given so far, hashed or not. */
  get size(): number {
    return this.#size;
  }

  /** @param chunk of a `sharedBuffer`. It may change again once the promise is resolved. */
  update(chunk: Uint8Array): Promise<void> {
    this.#size += chunk.length;
    return this.#send({ chunk }).then(() => {});
  }

  restart(): void {
    this.#size = 0;
    this.close();
  }

  async measured(): Promise<Measured> {
    const size = this.#size;
    const [sha256 = '', sha512 = ''] = await this.#send({ tell: true });
    return { size, sha256, sha512 };
  }

  /** Releases the hash in the thread. */
  close(): void {
    this.#thread?.send({ id: this.#id, end: true }).catch(() => {});
    this.#thread = undefined;
  }

  async #send(message: { readonly chunk?: Uint8Array; readonly tell?: true }): Promise<readonly string[]> {
    const begin = this.#thread === undefined ? { begin: algorithms(this.#both) } : {};
    this.#thread ??= someThread();
    return this.#thread.send({ id: this.#id, ...begin, ...message });
  }
}
