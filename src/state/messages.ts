import { EnvironmentFailure, UserMistake } from '../base/failure.ts';

/** All messages of this room. Paths and names only, never file contents. */

const restore = (directory: string): string =>
  `restore ${directory} from a backup; knode does not repair or replace it, because new keys would cut off running nodes`;

/** A word for the shell, quoted if necessary. */
function shell(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}

export const failures = {
  missing: (directory: string, file: string) =>
    new EnvironmentFailure('state-damaged', `the state is damaged: ${file} is missing`, restore(directory)),
  changed: (directory: string, file: string) =>
    new EnvironmentFailure(
      'state-damaged',
      `the state is damaged: ${file} is not what knode wrote (changed or half-written)`,
      restore(directory),
    ),
  notRegular: (directory: string, file: string) =>
    new EnvironmentFailure('state-damaged', `the state is damaged: ${file} is not a regular file`, restore(directory)),
  extra: (file: string) =>
    new EnvironmentFailure(
      'state-extra-file',
      `the state holds a file that knode did not write: ${file}`,
      'move it to another place, or restore the whole state from a backup if files of two states were mixed',
    ),
  noManifest: (directory: string, file: string) =>
    new EnvironmentFailure(
      'state-damaged',
      `the state is damaged: ${directory}/state.json is missing, but ${file} is there`,
      restore(directory),
    ),
  badManifest: (directory: string, file: string) =>
    new EnvironmentFailure(
      'state-damaged',
      `the state is damaged: ${file} cannot be read as a manifest`,
      restore(directory),
    ),
  newer: (file: string, version: number) =>
    new EnvironmentFailure(
      'state-version',
      `${file} has format version ${version}; this knode knows version 1.`,
      'use the knode release that wrote the state, or a newer one',
    ),
  readable: (directory: string, file: string, mode: number) =>
    new EnvironmentFailure(
      'state-permissions',
      `${file} can be read or changed by other users (mode ${(mode & 0o777).toString(8).padStart(4, '0')})`,
      `run: chmod -R go-rwx ${shell(directory)}; if others had access to the machine, treat the keys as known to them`,
    ),
  locked: (file: string, holder: { pid: number; host: string; started: string } | undefined, waitedMs: number) =>
    new EnvironmentFailure(
      'state-locked',
      `the state is locked by ${
        holder === undefined ? 'another process' : `process ${holder.pid} on ${holder.host} since ${holder.started}`
      } (${file}); waited ${Math.round(waitedMs / 1000)} s`,
      `wait for that run to end; if it is certain that no knode runs, delete ${shell(file)}`,
    ),
  lostLock: (file: string) =>
    new EnvironmentFailure(
      'state-lock-lost',
      `the lock ${file} was taken away while knode held it; nothing was written`,
      'run the command again, and do not delete the lock of a running knode',
    ),
} as const;

/** The state belongs to another cluster. */
export function otherCluster(directory: string, found: string, wanted: string): UserMistake {
  return new UserMistake([
    {
      severity: 'error',
      code: 'state-other-cluster',
      message: `the state in ${directory} belongs to cluster ${found}, but the cluster file describes ${wanted}`,
      hint: 'choose another state directory for this cluster, or give the cluster its old name back',
    },
  ]);
}

export function takenOver(file: string, pid: number): string {
  return `took over the lock ${file}: process ${pid} that held it has ended without releasing it`;
}

const explained: Readonly<Record<string, readonly [why: string, hint: string]>> = {
  EACCES: ['permission denied', 'run knode as the owner of the directory, or give that user rights to it (u+rwx)'],
  EPERM: ['operation not permitted', 'check owner, attributes and mount options of the directory'],
  EROFS: ['the file system is read-only', 'mount it writable, or choose a state directory that is'],
  ENOSPC: ['no space left on the device', 'free some space and run again; what was committed before is intact'],
  EDQUOT: ['the disk quota is used up', 'free some space and run again; what was committed before is intact'],
  EEXIST: ['a file stands where a directory belongs', 'choose another state directory'],
  ENOTDIR: ['a file stands where a directory belongs', 'choose another state directory'],
};

/** Turns an error of the file system into one with a remedy; anything else passes unchanged. */
export function explainIo(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return error;
  const [why, hint] = explained[String(error.code)] ?? [String(error.code), 'check the disk and the directory'];
  const file = 'path' in error && typeof error.path === 'string' ? error.path : path;
  // A temporary file is written beside its target: report the target.
  const at = file.replace(/\.[0-9a-f-]{36}\.tmp$/, '');
  return new EnvironmentFailure('state-io', `cannot use the state directory ${path}: ${why} (${at})`, hint);
}
