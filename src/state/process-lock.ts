import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { link, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../base/clock.ts';
import { hasCode, makeDirectory, readIfPresent, temporarySuffix } from './files.ts';
import { failures, takenOver } from './messages.ts';
import { hasEnded, type ProcessIdentity, thisProcess } from './process-identity.ts';

const pollMs = 50;

/** Content of the lock file. The token distinguishes two locks of one process. */
interface Holder extends ProcessIdentity {
  readonly started: string;
  readonly token: string;
}

export interface LockOptions {
  readonly file: string;
  readonly clock: Clock;
  readonly waitMs: number;
  readonly notice: (text: string) => void;
}

export interface ProcessLock {
  /** True if the lock's directory did not exist before. */
  readonly madeDirectory: boolean;
  /** @throws if another process took the lock away. */
  assertHeld(): Promise<void>;
  release(): Promise<void>;
}

/** Takes the lock: waits for a live holder, takes over from a dead one of this machine, and gives up with a failure. */
export async function acquireProcessLock(options: LockOptions): Promise<ProcessLock> {
  // Waiting is measured by the monotonic clock; the injected one may be fixed.
  const begin = performance.now();
  let madeDirectory = false;
  for (;;) {
    madeDirectory = (await makeDirectory(dirname(options.file))) || madeDirectory;
    const result = await attempt(options);
    if ('token' in result) return held(options.file, result.token, madeDirectory);
    const waited = performance.now() - begin;
    if (!result.again && waited >= options.waitMs) throw failures.locked(result.blockedBy, result.holder, waited);
    await sleep(result.again ? 0 : pollMs);
  }
}

/** Result of one attempt; `again` means that something has changed and the next attempt may succeed at once. */
type Attempt = { token: string } | { blockedBy: string; holder: Holder | undefined; again: boolean };

async function attempt(options: LockOptions): Promise<Attempt> {
  const { file, notice } = options;
  const text = await readIfPresent(file);
  if (text === undefined) {
    const token = await create(options);
    return token === undefined ? { blockedBy: file, holder: undefined, again: true } : { token };
  }
  const holder = parseHolder(text);
  if (holder === undefined || !hasEnded(holder)) return { blockedBy: file, holder, again: false };
  const guard = `${file}.takeover`;
  if ((await create({ ...options, file: guard })) === undefined) {
    return { blockedBy: guard, holder: undefined, again: removeIfDead(guard) };
  }
  if (removeStale(file, guard, text)) notice(takenOver(file, holder.pid));
  return { blockedBy: file, holder, again: true };
}

/**
 * The lock file appears with its whole content, by a hard link, so no process reads half a lock. Returns undefined if
 * another process was faster, or removed the directory or the temporary file meanwhile.
 */
async function create({ file, clock }: LockOptions): Promise<string | undefined> {
  const token = randomUUID();
  const temporary = `${file}.${token}${temporarySuffix}`;
  const holder: Holder = { ...thisProcess(), started: clock.now().toISOString(), token };
  try {
    await writeFile(temporary, `${JSON.stringify(holder)}\n`, { mode: 0o600, flag: 'wx' });
    await link(temporary, file);
    return token;
  } catch (error) {
    if (hasCode(error, 'EEXIST', 'ENOENT')) return undefined;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

function held(file: string, token: string, madeDirectory: boolean): ProcessLock {
  const isMine = async (): Promise<boolean> => parseHolder((await readIfPresent(file)) ?? '')?.token === token;
  return {
    madeDirectory,
    assertHeld: async () => {
      if (!(await isMine())) throw failures.lostLock(file);
    },
    release: async () => {
      if (await isMine()) await rm(file, { force: true });
    },
  };
}

/**
 * Removes the lock of a dead process. Two processes may find it at the same time, and the slower one must not remove
 * the faster one's new lock. Therefore only the owner of the guard removes a lock, and only after reading it again. All
 * of it is synchronous, so that a kill is unlikely to leave the guard behind.
 */
function removeStale(file: string, guard: string, stale: string): boolean {
  try {
    if (readFileSync(file, 'utf8') !== stale) return false;
    rmSync(file);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  } finally {
    rmSync(guard, { force: true });
  }
}

/**
 * Removes a guard whose owner was killed during the takeover. If it ever hits a live guard, `assertHeld` catches that.
 */
function removeIfDead(guard: string): boolean {
  try {
    const owner = parseHolder(readFileSync(guard, 'utf8'));
    if (owner === undefined || !hasEnded(owner)) return false;
    rmSync(guard);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return true;
    throw error;
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    const value: Partial<Holder> = JSON.parse(text);
    const whole = Number.isInteger(value.pid) && typeof value.host === 'string' && typeof value.started === 'string';
    return whole ? (value as Holder) : undefined;
  } catch {
    return undefined;
  }
}
