import { setMaxListeners } from 'node:events';

/** The same signal, for any number of concurrent jobs: node warns of a leak from the eleventh listener on. */
export function forMany(signal: AbortSignal): AbortSignal {
  setMaxListeners(0, signal);
  return signal;
}
