import { setMaxListeners } from 'node:events';

/** The same signal, for any number of jobs at once: from the eleventh that waits for it on, node would warn of a leak. */
export function forMany(signal: AbortSignal): AbortSignal {
  setMaxListeners(0, signal);
  return signal;
}
