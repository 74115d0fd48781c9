import { setTimeout as wait } from 'node:timers/promises';
import { defaultPatience, type Patience } from './patience.ts';

/** All external dependencies of a transfer. */
export interface Surroundings {
  readonly patience: Patience;
  /** Aborts every transfer; received bytes stay for the next run. */
  readonly signal: AbortSignal;
  /** For proxies: HTTP_PROXY, HTTPS_PROXY, NO_PROXY. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  /** From 0 to 1; spreads retries. */
  readonly chance: () => number;
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** The real surroundings of this process. */
export function processSurroundings(signal: AbortSignal, patience: Patience = defaultPatience): Surroundings {
  return {
    patience,
    signal,
    env: process.env,
    now: () => new Date(),
    chance: Math.random,
    sleep: (milliseconds, stop) => wait(milliseconds, undefined, { signal: stop }),
  };
}
