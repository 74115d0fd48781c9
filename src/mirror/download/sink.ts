import { Hashes, type Measured } from '../../object-store/hashing/hashes.ts';

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
  measured(): Promise<Measured>;
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

  async measured(): Promise<Measured> {
    return this.#hashes.measured();
  }
}
