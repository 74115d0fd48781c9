import type { Watcher } from '../../net/retry.ts';
import type { TransferEvent } from '../transfer-event.ts';

/**
 * A watcher that emits events, and counts the bytes of this run: each call of `bytes` adds the bytes since the last
 * one.
 */
export function watcherOf(
  key: string,
  size: number | undefined,
  tell: (event: TransferEvent) => void,
): Watcher & { transferred(): number } {
  let [last, transferred] = [0, 0];
  return {
    begin: (done) => {
      last = done;
    },
    bytes: (done, total) => {
      transferred += done - last;
      last = done;
      const all = size ?? total;
      tell({ event: 'progress', key, done, ...(all === undefined ? {} : { size: all }) });
    },
    retry: (reason, inMs) => tell({ event: 'retry', key, reason, seconds: inMs / 1000 }),
    restart: (reason) => tell({ event: 'restart', key, reason }),
    transferred: () => transferred,
  };
}
