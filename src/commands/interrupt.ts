import { forMany } from '../base/signal.ts';

/** Ctrl-C (or SIGTERM, SIGHUP) as something a command can await. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** The signal that came, if one did. */
  came(): NodeJS.Signals | undefined;
  dispose(): void;
}

const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** From now on the first such signal aborts `signal` instead of the process; a second one ends the process at once. */
export function listenForInterrupt(): Interrupt {
  const controller = new AbortController();
  let came: NodeJS.Signals | undefined;
  const dispose = (): void => {
    for (const name of names) process.removeListener(name, onSignal);
  };
  function onSignal(name: NodeJS.Signals): void {
    came = name;
    dispose();
    controller.abort();
  }
  for (const name of names) process.on(name, onSignal);
  return { signal: forMany(controller.signal), came: () => came, dispose };
}

/**
 * Runs a long job that a signal stops. When the job has come to its clean end, `tell` says how to go on, and the process
 * dies of the signal it got, as shells expect of it.
 */
export async function interruptible<T>(job: (signal: AbortSignal) => Promise<T>, tell: () => void): Promise<T> {
  const interrupt = listenForInterrupt();
  try {
    return await job(interrupt.signal);
  } catch (error) {
    const name = interrupt.came();
    if (name === undefined) throw error;
    tell();
    process.kill(process.pid, name);
    // The signal ends the process before this returns, but for a moment that nobody must use to report the error.
    return await new Promise<never>(() => setTimeout(() => process.exit(1), 1000));
  } finally {
    interrupt.dispose();
  }
}
