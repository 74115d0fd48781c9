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

/** A signal stopped a long job, and the job has come to its clean end. The message says how to go on. */
export class Interrupted extends Error {
  readonly signal: NodeJS.Signals;

  constructor(signal: NodeJS.Signals, message: string) {
    super(message);
    this.name = 'interrupted';
    this.signal = signal;
  }

  /** The process dies of the signal it got, as shells expect of it. */
  async endProcess(): Promise<never> {
    process.kill(process.pid, this.signal);
    // The signal ends the process before this returns; the timer is for a platform where it does not.
    return await new Promise<never>(() => setTimeout(() => process.exit(1), 1000));
  }
}

/**
 * Runs a long job that a signal stops.
 * @param howToGoOn what the user is told when that has happened.
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
