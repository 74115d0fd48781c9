import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process, distinguishable from later ones with the same number and from those of other machines and containers. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** The PID namespace, if the system has them: a number is valid only within its namespace. */
  readonly namespace?: string;
  /** Start time in kernel ticks: numbers are reused, but start time and number together are unique. */
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

/** True only if the process has certainly ended: it ran here, and no longer exists. */
export function hasEnded(identity: ProcessIdentity): boolean {
  if (identity.host !== hostname() || identity.namespace !== pidNamespace()) return false;
  if (!isAlive(identity.pid)) return true;
  const state = processState(identity.pid);
  if (state === undefined) return false;
  // A zombie has ended; its parent has not collected it yet.
  return state.letter === 'Z' || (identity.began !== undefined && identity.began !== state.began);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it exists, and belongs to another user.
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

/** Linux only: proc_pid_stat(5), fields 3 and 22. The name before them may contain blanks and parentheses. */
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
