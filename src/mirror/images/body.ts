import type { IncomingMessage } from 'node:http';
import { TransferFailure } from '../download/failure.ts';
import { explained, shown } from '../download/http.ts';
import type { Surroundings } from '../download/surroundings.ts';
import { failures } from '../download/words.ts';
import { imageMessages as messages } from './messages.ts';

/** The chunks of an answer. @throws TransferFailure when it breaks off or stalls: the next try may help. */
export async function* bodyOf(
  url: string,
  answer: IncomingMessage,
  { patience, signal }: Surroundings,
): AsyncGenerator<Buffer> {
  const stalled = () => answer.destroy(failures.stalled(shown(url), patience.stallMs / 1000));
  const abort = () => answer.destroy(new Error('aborted'));
  const timer = setTimeout(stalled, patience.stallMs);
  signal.addEventListener('abort', abort, { once: true });
  try {
    if (signal.aborted) abort();
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      timer.refresh();
      yield chunk;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw explained(error, shown(url));
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    answer.destroy();
  }
}

/** A small body as a whole. */
export async function wholeBody(
  url: string,
  answer: IncomingMessage,
  limit: number,
  surroundings: Surroundings,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of bodyOf(url, answer, surroundings)) {
    size += chunk.length;
    if (size > limit) throw registryFailure(messages.tooBig(shown(url), limit));
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The registry says something that no registry should say. */
export function registryFailure(message: string): TransferFailure {
  return new TransferFailure('registry-answer', message, messages.registryHint);
}
