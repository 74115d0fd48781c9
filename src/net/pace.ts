import type { IncomingMessage } from 'node:http';
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
  const { patience, signal } = surroundings;
  const seconds = patience.stallMs / 1000;
  let [bytes, waiting] = [0, true];
  const look = () => {
    // The time that the reader takes does not count against the server.
    if (!waiting) bytes = leastBytes(surroundings);
    if (bytes === 0) answer.destroy(failures.stalled(shown(url), seconds));
    else if (bytes < leastBytes(surroundings)) answer.destroy(failures.slow(shown(url), bytes, seconds));
    bytes = 0;
  };
  const abort = () => answer.destroy(new Error('aborted'));
  const timer = setInterval(look, patience.stallMs);
  signal.addEventListener('abort', abort, { once: true });
  try {
    if (signal.aborted) abort();
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      waiting = false;
      yield chunk;
      waiting = true;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw explained(error, shown(url));
  } finally {
    clearInterval(timer);
    signal.removeEventListener('abort', abort);
    answer.destroy();
  }
}
