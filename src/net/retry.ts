import type { IncomingMessage } from 'node:http';
import { TransferFailure } from './failure.ts';
import { shown } from './http.ts';
import { delayBefore, retryAfter } from './patience.ts';
import type { Surroundings } from './surroundings.ts';
import { failures } from './words.ts';

/** Receives the progress of a transfer. */
export interface Watcher {
  /** The number of bytes from which the transfer resumes. */
  begin?(done: number): void;
  /** The number of bytes received; `total` is undefined if the server does not send it. */
  bytes?(done: number, total: number | undefined): void;
  retry?(reason: string, inMs: number): void;
  /** The partial file did not fit: the transfer starts again from zero, once. */
  restart?(reason: string): void;
}

/**
 * Waits before the next try.
 * @throws the failure itself if there is none.
 */
export async function pause(
  failure: TransferFailure,
  failed: number,
  { patience, chance, sleep, signal }: Surroundings,
  watcher: Watcher,
): Promise<void> {
  if (failed >= patience.tries) throw failure;
  const delay = Math.max(failure.retryAfterMs ?? 0, delayBefore(failed, patience, chance()));
  watcher.retry?.(failure.message, delay);
  await sleep(delay, signal);
}

/** Repeats a small operation as long as another try may help. */
export async function persist<T>(surroundings: Surroundings, watcher: Watcher, work: () => Promise<T>): Promise<T> {
  for (let failed = 1; ; failed++) {
    try {
      return await work();
    } catch (error) {
      surroundings.signal.throwIfAborted();
      if (!(error instanceof TransferFailure) || !error.again) throw error;
      await pause(error, failed, surroundings, watcher);
    }
  }
}

/** Converts an HTTP status into a failure. */
export function refused(url: string, answer: IncomingMessage, { now, patience }: Surroundings): TransferFailure {
  const status = answer.statusCode ?? 0;
  const again = status >= 500 || [408, 425, 429].includes(status);
  const wait = again ? retryAfter(answer.headers['retry-after'], now()) : undefined;
  return wait !== undefined && wait > patience.longestRetryAfterMs
    ? failures.askedToWait(shown(url), status, Math.ceil(wait / 1000))
    : failures.status(shown(url), status, again, wait);
}
