import type { IncomingMessage } from 'node:http';
import { TransferFailure } from '../../net/failure.ts';
import { shown } from '../../net/http.ts';
import { paced } from '../../net/pace.ts';
import type { Surroundings } from '../../net/surroundings.ts';
import { imageMessages as messages, say } from './messages.ts';

/** Reads a small body as a whole. */
export async function wholeBody(
  url: string,
  answer: IncomingMessage,
  limit: number,
  surroundings: Surroundings,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of paced(url, answer, surroundings)) {
    size += chunk.length;
    if (size > limit) throw registryFailure(messages.tooBig(shown(url), limit));
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** A failure for an invalid answer of the registry. */
export function registryFailure(message: string): TransferFailure {
  return new TransferFailure(say('registry-answer', { message }));
}
