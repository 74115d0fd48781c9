import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

/**
 * The program of a thread: it keeps hashes by number, and answers every message with one message. It is a text, because
 * a file would be TypeScript in the source and a part of the bundle in the package, and would have to be found in both.
 */
const program = `
const { createHash } = require('node:crypto');
const { parentPort } = require('node:worker_threads');
const kept = new Map();
parentPort.on('message', ({ id, begin, chunk, tell, end }) => {
  if (begin) kept.set(id, begin.map((name) => createHash(name)));
  const hashes = kept.get(id) ?? [];
  if (chunk) for (const hash of hashes) hash.update(chunk);
  parentPort.postMessage(tell ? hashes.map((hash) => hash.copy().digest('hex')) : []);
  if (end) kept.delete(id);
});
`;

/** A message to a thread, about one of its hashes. */
export interface HashMessage {
  readonly id: number | string;
  /** Algorithms of a new hash. */
  readonly begin?: readonly string[];
  /** In shared memory, so that nothing is copied; it must not change before the answer. */
  readonly chunk?: Uint8Array;
  /** Requests the current digests, in hex. */
  readonly tell?: true;
  /** The hash is no longer needed. */
  readonly end?: true;
}

interface Waiting {
  readonly resolve: (digests: readonly string[]) => void;
  readonly reject: (error: Error) => void;
}

/** A thread that hashes; it answers messages in order. */
export class HashThread {
  readonly #worker = new Worker(program, { eval: true, execArgv: [], env: {} });
  readonly #waiting: Waiting[] = [];
  #failure: Error | undefined;

  constructor() {
    // It keeps the process alive only while an answer is outstanding.
    this.#worker.unref();
    this.#worker.on('message', (digests: readonly string[]) => {
      this.#waiting.shift()?.resolve(digests);
      if (this.#waiting.length === 0) this.#worker.unref();
    });
    this.#worker.on('error', (error: Error) => {
      // The thread has ended: later requests fail, too.
      this.#failure = error;
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    });
  }

  send(message: HashMessage): Promise<readonly string[]> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    this.#worker.ref();
    this.#worker.postMessage(message);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }
}

/** No more files than this are transferred at a time. */
const most = Math.min(4, availableParallelism());
const threads: HashThread[] = [];
let given = 0;

/** One of a few threads, in turn; each is started on first use. */
export function someThread(): HashThread {
  const at = given++ % most;
  threads[at] ??= new HashThread();
  return threads[at];
}
