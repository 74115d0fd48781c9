import { Hashes, type Measured } from '../../object-store/hashing/hashes.ts';

/** Receives the bytes of one file, and hashes them. */
export interface Sink {
  /** Bytes received so far: the offset of the next ones. */
  readonly length: number;
  /** Identifies the received bytes to the server (a strong ETag), so that only the same file is resumed. */
  readonly validator: string | undefined;
  /** @returns a promise if the next chunk must wait for it. The chunk may change afterwards. */
  write(chunk: Buffer): Promise<void> | undefined;
  /** Waits until everything is written. */
  flush(): Promise<void>;
  /** Starts again from zero, with the validator of the new answer. */
  restart(validator: string | undefined): Promise<void>;
  measured(): Promise<Measured>;
}

/** Keeps only the hashes: to learn a checksum without a disk. */
export class HashSink implements Sink {
  readonly #hashes: Hashes;
  validator: string | undefined;

  constructor(both: boolean) {
    this.#hashes = new Hashes(both);
  }

  get length(): number {
    return this.#hashes.size;
  }

  write(chunk: Buffer): undefined {
    this.#hashes.update(chunk);
  }

  async flush(): Promise<void> {}

  async restart(validator: string | undefined): Promise<void> {
    this.#hashes.restart();
    this.validator = validator;
  }

  async measured(): Promise<Measured> {
    return this.#hashes.measured();
  }
}
