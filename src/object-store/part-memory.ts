import { sharedBuffer } from './hashing/hashes.ts';

/** Amazon's smallest part of an object. Larger parts take more memory without a measured benefit. */
export const partBytes = 5 * 1024 * 1024;

/** A buffer that is lent. */
export interface Lease {
  readonly bytes: Buffer;
  /**
   * Returns the buffer.
   * @param again false if it may still be read: it is then not used again.
   */
  end(again: boolean): void;
}

/**
 * Memory for the parts of all running uploads: a fixed number of buffers that hash threads read without a copy. They
 * are reused, because Node does not count shared memory when it decides to collect garbage.
 */
export class PartMemory {
  readonly #idle: Buffer[] = [];
  readonly #waiting: (() => void)[] = [];
  #left: number;

  /** @param most buffers that are lent at the same time. */
  constructor(most: number) {
    this.#left = most;
  }

  /** Lends a buffer of this size; first come, first served. */
  async take(bytes: number): Promise<Lease> {
    if (this.#left > 0) this.#left--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    const idle = this.#idle.pop();
    const whole = idle !== undefined && idle.length >= bytes ? idle : sharedBuffer(Math.max(bytes, partBytes));
    return { bytes: whole.subarray(0, bytes), end: (again) => this.#takeBack(again ? whole : undefined) };
  }

  #takeBack(buffer: Buffer | undefined): void {
    if (buffer !== undefined) this.#idle.push(buffer);
    const next = this.#waiting.shift();
    if (next === undefined) this.#left++;
    else next();
  }
}
