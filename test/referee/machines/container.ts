/**
 * A machine that runs as a systemd-nspawn container: how it is started, found among this machine's processes, entered
 * and ended. Its resources are managed by lab-host.ts; boot.ts and the lab use it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type Finished, type ShOptions, sh } from '../tools.ts';

/** The environment of a root login. */
export const nodeEnv = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  LANG: 'C.UTF-8',
  TERM: 'dumb',
};

/** systemd-nspawn's exit code when the machine asked for a reboot. */
export const rebootAsked = 133;

export interface Container {
  /** By `nextId` of lab-host.ts. */
  readonly id: string;
  readonly root: string;
  /** Path of its network name space. */
  readonly netns: string;
  readonly cgroups: readonly string[];
  /** Give it cgroup v2 alone, whatever this machine has. */
  readonly unified?: boolean;
  /** More options for systemd-nspawn. */
  readonly nspawn: readonly string[];
}

/** Powers it on; its console is the child's output. */
export function startContainer({ id, root, netns, cgroups, unified, nspawn }: Container): ChildProcess {
  // The launcher enters the node's cgroups, so that nspawn's cgroup name space is rooted there. The pid name space
  // around nspawn makes sure that not one process outlives us, even if this process is killed with -9.
  const launcher = 'while [ "$1" != -- ]; do echo $$ >"$1/cgroup.procs"; shift; done; shift; exec "$@"';
  const program = [
    ...['setpriv', '--pdeathsig=KILL', 'unshare', '--pid', '--fork', '--kill-child', '--mount-proc'],
    ...['systemd-nspawn', '--quiet', '--boot', '--register=no', '--keep-unit', '--capability=all'],
    ...['--bind=/dev/kmsg', '--resolv-conf=off', '--timezone=off', '--link-journal=no', '--console=read-only'],
    ...['--hostname=localhost', `--machine=${id}`, `--directory=${root}`, `--network-namespace-path=${netns}`],
    ...nspawn,
  ];
  return spawn('sh', ['-c', launcher, 'sh', ...cgroups, '--', ...program], {
    detached: true, // Ctrl-C on the terminal is ours to handle
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...nodeEnv, SYSTEMD_SECCOMP: '0', ...(unified ? { SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: '1' } : {}) },
  });
}

function status(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}

function childrenOf(pid: number | undefined): number[] {
  if (pid === undefined) return [];
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** Also false for a process that only waits for its parent to collect it. */
export function isAlive(pid: number | undefined): boolean {
  return pid !== undefined && /^State:\s+[^ZX\s]/m.test(status(pid));
}

/** systemd's own process, as this machine numbers it: below unshare and nspawn, number 1 in the inner name space. */
export function initOf(container: ChildProcess | undefined): number | undefined {
  const nspawn = childrenOf(container?.pid)[0];
  return childrenOf(nspawn).find((pid) => /^NSpid:.*\s1$/m.test(status(pid)));
}

/** With systemd all processes of the machine end, and nspawn after it cleans up; without one there is only nspawn. */
export function killContainer(container: ChildProcess | undefined): void {
  kill(initOf(container) ?? container?.pid);
}

export function kill(pid: number | undefined): void {
  try {
    if (pid !== undefined && isAlive(pid)) process.kill(pid, 'SIGKILL');
  } catch {
    // it was faster
  }
}

/** Arguments of `nsenter` that run a program in the machine whose systemd this is, as root and with a login's environment. */
export function entering(init: number, env: Readonly<Record<string, string | undefined>> = {}): string[] {
  const words = Object.entries({ ...nodeEnv, ...env }).map(([key, value]) => `${key}=${value}`);
  return ['-t', String(init), '-a', '--wd=/', '--', '/usr/bin/env', '-i', ...words];
}

export function runIn(init: number, cmd: readonly string[], options: Omit<ShOptions, 'cwd'> = {}): Promise<Finished> {
  return sh('nsenter', [...entering(init, options.env), ...cmd], { ...options, env: {} });
}
