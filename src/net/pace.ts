import type { IncomingMessage } from 'node:http';
import { finished } from 'node:stream/promises';
import { explained, shown } from './http.ts';
import type { Surroundings } from './surroundings.ts';
import { failures } from './words.ts';

/** The least number of bytes that must arrive within `stallMs`. */
export function leastBytes({ patience }: Pick<Surroundings, 'patience'>): number {
  return (patience.slowest * patience.stallMs) / 1000;
}

/**
 * The chunks of an answer. Aborts if fewer bytes than the minimum arrive in a period: a very slow server would hold a
 * transfer for ever.
 * @throws TransferFailure if the answer breaks off or is too slow: the next try may help.
 */
export async function* paced(url: string, answer: IncomingMessage, surroundings: Surroundings): AsyncGenerator<Buffer> {
  const pace = new Pace(url, answer, surroundings);
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      pace.came(chunk.length);
      pace.waiting = false;
      yield chunk;
      pace.waiting = true;
    }
  } catch (error) {
    throw pace.failure(error);
  } finally {
    pace.end();
  }
}

/**
 * Gives the chunks of an answer to `take`, at the pace of `paced`. Large files need it: an iterator costs more time per
 * chunk than the copy of its bytes.
 * @param take returns a promise if the next chunk must wait for it.
 */
export async function pour(
  url: string,
  answer: IncomingMessage,
  surroundings: Surroundings,
  take: (chunk: Buffer) => Promise<void> | undefined,
): Promise<void> {
  const pace = new Pace(url, answer, surroundings);
  let taken: Promise<void> | undefined;
  let refusal: { readonly error: unknown } | undefined;
  const refuse = (error: unknown) => {
    refusal ??= { error };
    answer.destroy();
  };
  answer.on('data', (chunk: Buffer) => {
    pace.came(chunk.length);
    try {
      taken = take(chunk);
    } catch (error) {
      refuse(error);
      return;
    }
    if (taken === undefined) return;
    answer.pause();
    pace.waiting = false;
    taken.then(() => {
      pace.waiting = true;
      answer.resume();
    }, refuse);
  });
  try {
    await finished(answer);
  } catch (error) {
    if (refusal === undefined) throw pace.failure(error);
  } finally {
    pace.end();
    // The last chunk is taken before the caller goes on, whatever ended the answer.
    await taken?.catch(() => {});
  }
  if (refusal !== undefined) throw refusal.error;
}

/** Watches the rate of an answer, and ends the answer with the signal. */
class Pace {
  /** Whether the server is waited for: the time that the reader takes does not count. */
  waiting = true;
  readonly #url: string;
  readonly #answer: IncomingMessage;
  readonly #surroundings: Surroundings;
  readonly #timer: NodeJS.Timeout;
  #bytes = 0;

  constructor(url: string, answer: IncomingMessage, surroundings: Surroundings) {
    [this.#url, this.#answer, this.#surroundings] = [url, answer, surroundings];
    this.#timer = setInterval(() => this.#look(), surroundings.patience.stallMs);
    surroundings.signal.addEventListener('abort', this.#abort, { once: true });
    if (surroundings.signal.aborted) this.#abort();
  }

  came(bytes: number): void {
    this.#bytes += bytes;
  }

  failure(error: unknown): unknown {
    this.#surroundings.signal.throwIfAborted();
    return explained(error, shown(this.#url));
  }

  end(): void {
    clearInterval(this.#timer);
    this.#surroundings.signal.removeEventListener('abort', this.#abort);
    this.#answer.destroy();
  }

  readonly #abort = (): void => {
    this.#answer.destroy(new Error('aborted'));
  };

  #look(): void {
    const [bytes, least] = [this.#bytes, leastBytes(this.#surroundings)];
    this.#bytes = 0;
    if (!this.waiting || bytes >= least) return;
    const [url, seconds] = [shown(this.#url), this.#surroundings.patience.stallMs / 1000];
    this.#answer.destroy(bytes === 0 ? failures.stalled(url, seconds) : failures.slow(url, bytes, seconds));
  }
}
