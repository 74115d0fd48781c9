import { createHash, type Hash } from 'node:crypto';

/** What a file turned out to be. */
export interface Measured {
  readonly size: number;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly sha512: string;
}

/** Takes the bytes of one file as they come, and hashes them. */
export interface Sink {
  /** Bytes so far: where the next ones belong. */
  readonly length: number;
  /** Names the bytes so far to the server (a strong ETag), to go on with the same ones only. */
  readonly validator: string | undefined;
  write(chunk: Buffer): Promise<void>;
  /** Everything that was written is where it belongs. */
  flush(): Promise<void>;
  /** Begins anew; keeps the validator of what comes now. */
  restart(validator: string | undefined): Promise<void>;
  measured(): Measured;
}

export class Hashes {
  #sha256: Hash = createHash('sha256');
  #sha512: Hash | undefined;
  readonly #both: boolean;
  #size = 0;

  /** @param both sha512 too, which costs time. */
  constructor(both: boolean) {
    this.#both = both;
    if (both) this.#sha512 = createHash('sha512');
  }

  get size(): number {
    return this.#size;
  }

  update(chunk: Buffer): void {
    this.#sha256.update(chunk);
    this.#sha512?.update(chunk);
    this.#size += chunk.length;
  }

  restart(): void {
    this.#sha256 = createHash('sha256');
    if (this.#both) this.#sha512 = createHash('sha512');
    this.#size = 0;
  }

  measured(): Measured {
    const digest = (hash: Hash | undefined) => hash?.copy().digest('hex') ?? '';
    return { size: this.#size, sha256: digest(this.#sha256), sha512: digest(this.#sha512) };
  }
}

/** Keeps nothing but the hashes: to learn a checksum without a disk. */
export class HashSink implements Sink {
  readonly #hashes: Hashes;
  validator: string | undefined;

  constructor(both: boolean) {
    this.#hashes = new Hashes(both);
  }

  get length(): number {
    return this.#hashes.size;
  }

  async write(chunk: Buffer): Promise<void> {
    this.#hashes.update(chunk);
  }

  async flush(): Promise<void> {}

  async restart(validator: string | undefined): Promise<void> {
    this.#hashes.restart();
    this.validator = validator;
  }

  measured(): Measured {
    return this.#hashes.measured();
  }
}
