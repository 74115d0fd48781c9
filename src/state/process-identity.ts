import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process, told apart from later ones with its number and from those of other machines and containers. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** The PID namespace where there are such: a number means nothing in another one. */
  readonly namespace?: string;
  /** When it began, in ticks of the kernel's own: numbers are used again, begin and number together are not. */
  readonly began?: string;
}

export function thisProcess(): ProcessIdentity {
  const namespace = pidNamespace();
  const began = processState(process.pid)?.began;
  return {
    pid: process.pid,
    host: hostname(),
    ...(namespace === undefined ? {} : { namespace }),
    ...(began === undefined ? {} : { began }),
  };
}

/** True only when it is certain that the process has ended: it ran here, and is not there any more. */
export function hasEnded(identity: ProcessIdentity): boolean {
  if (identity.host !== hostname() || identity.namespace !== pidNamespace()) return false;
  if (!isAlive(identity.pid)) return true;
  const state = processState(identity.pid);
  if (state === undefined) return false;
  // A zombie has ended; its parent has not taken notice yet.
  return state.letter === 'Z' || (identity.began !== undefined && identity.began !== state.began);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, and belongs to somebody else.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

function pidNamespace(): string | undefined {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return undefined;
  }
}

/** Linux only: proc_pid_stat(5), fields 3 and 22. The name before them may hold blanks and brackets. */
function processState(pid: number): { letter: string; began: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const [letter, began] = [fields[0], fields[19]];
    return letter === undefined || began === undefined ? undefined : { letter, began };
  } catch {
    return undefined;
  }
}
