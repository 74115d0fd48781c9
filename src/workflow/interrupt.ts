import { forMany } from '../base/signal.ts';

/** Ctrl-C (or SIGTERM, SIGHUP) in a form that a command can await. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** The signal that arrived, if any. */
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

/** A signal stopped a long job, and the job has ended cleanly. The message says how to continue. */
export class Interrupted extends Error {
  readonly signal: NodeJS.Signals;

  constructor(signal: NodeJS.Signals, message: string) {
    super(message);
    this.name = 'interrupted';
    this.signal = signal;
  }

  /** Ends the process by the signal that it got, as shells expect. */
  async endProcess(): Promise<never> {
    process.kill(process.pid, this.signal);
    // The signal ends the process before this returns; the timer is for platforms where it does not.
    return await new Promise<never>(() => setTimeout(() => process.exit(1), 1000));
  }
}

/**
 * Runs a long job that a signal can stop.
 * @param howToGoOn text for the user after an interruption.
 * @throws Interrupted
 */
export async function interruptible<T>(job: (signal: AbortSignal) => Promise<T>, howToGoOn: string): Promise<T> {
  const interrupt = listenForInterrupt();
  try {
    return await job(interrupt.signal);
  } catch (error) {
    const name = interrupt.came();
    throw name === undefined ? error : new Interrupted(name, howToGoOn);
  } finally {
    interrupt.dispose();
  }
}
