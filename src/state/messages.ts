import { phrases, speaker } from '../base/catalogue.ts';
import { EnvironmentFailure, UserMistake } from '../base/failure.ts';

/** All messages of this room. Paths and names only, never file contents. */

const restore = (directory: string): string =>
  `restore ${directory} from a backup; knode does not repair or replace it, because new keys would cut off running nodes`;

/** A word for the shell, quoted if necessary. */
function shell(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}

export const failures = phrases('state/failures', {
  missing: (directory: string, file: string) =>
    new EnvironmentFailure(say('state-damaged/missing', { directory, file })),
  changed: (directory: string, file: string) =>
    new EnvironmentFailure(say('state-damaged/changed', { directory, file })),
  notRegular: (directory: string, file: string) =>
    new EnvironmentFailure(say('state-damaged/not-regular', { directory, file })),
  extra: (file: string) => new EnvironmentFailure(say('state-extra-file', { file })),
  noManifest: (directory: string, file: string) =>
    new EnvironmentFailure(say('state-damaged/no-manifest', { directory, file })),
  badManifest: (directory: string, file: string) =>
    new EnvironmentFailure(say('state-damaged/bad-manifest', { directory, file })),
  newer: (file: string, version: number) => new EnvironmentFailure(say('state-version', { file, version })),
  readable: (directory: string, file: string, mode: number) =>
    new EnvironmentFailure(say('state-permissions', { directory, file, mode })),
  locked: (file: string, holder: { pid: number; host: string; started: string } | undefined, waitedMs: number) =>
    new EnvironmentFailure(say('state-locked', { file, holder, waitedMs })),
  lostLock: (file: string) => new EnvironmentFailure(say('state-lock-lost', { file })),
});

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
  return `took over the process lock ${file}: process ${pid} that held it has ended without releasing it`;
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
  const file = 'path' in error && typeof error.path === 'string' ? error.path : path;
  // A temporary file is written beside its target: report the target.
  const at = file.replace(/\.[0-9a-f-]{36}\.tmp$/, '');
  return new EnvironmentFailure(say('state-io', { code: String(error.code), path, at }));
}

const say = speaker('state', {
  'state-damaged/missing': ({ directory, file }: { directory: string; file: string }) => ({
    message: `the state is damaged: ${file} is missing`,
    hint: restore(directory),
  }),
  'state-damaged/changed': ({ directory, file }: { directory: string; file: string }) => ({
    message: `the state is damaged: ${file} is not what knode wrote (changed or half-written)`,
    hint: restore(directory),
  }),
  'state-damaged/not-regular': ({ directory, file }: { directory: string; file: string }) => ({
    message: `the state is damaged: ${file} is not a regular file`,
    hint: restore(directory),
  }),
  'state-extra-file': ({ file }: { file: string }) => ({
    message: `the state holds a file that knode did not write: ${file}`,
    hint: 'move it to another place, or restore the whole state from a backup if files of two states were mixed',
  }),
  'state-damaged/no-manifest': ({ directory, file }: { directory: string; file: string }) => ({
    message: `the state is damaged: ${directory}/state.json is missing, but ${file} is there`,
    hint: restore(directory),
  }),
  'state-damaged/bad-manifest': ({ directory, file }: { directory: string; file: string }) => ({
    message: `the state is damaged: ${file} cannot be read as a manifest`,
    hint: restore(directory),
  }),
  'state-version': ({ file, version }: { file: string; version: number }) => ({
    message: `${file} has format version ${version}; this knode knows version 1.`,
    hint: 'use the knode release that wrote the state, or a newer one',
  }),
  'state-permissions': ({ directory, file, mode }: { directory: string; file: string; mode: number }) => ({
    message: `${file} can be read or changed by other users (mode ${(mode & 0o777).toString(8).padStart(4, '0')})`,
    hint: `run: chmod -R go-rwx ${shell(directory)}; if others had access to the machine, treat the keys as known to them`,
  }),
  'state-locked': ({
    file,
    holder,
    waitedMs,
  }: {
    file: string;
    holder: { pid: number; host: string; started: string } | undefined;
    waitedMs: number;
  }) => ({
    message: `the state is locked by ${
      holder === undefined ? 'another process' : `process ${holder.pid} on ${holder.host} since ${holder.started}`
    } (${file}); waited ${Math.round(waitedMs / 1000)} s`,
    hint: `wait for that run to end; if it is certain that no knode runs, delete ${shell(file)}`,
  }),
  'state-lock-lost': ({ file }: { file: string }) => ({
    message: `the process lock ${file} was taken away while knode held it; nothing was written`,
    hint: 'run the command again, and do not delete the process lock of a running knode',
  }),
  'state-io': ({ code, path, at }: { code: string; path: string; at: string }) => {
    const [why, hint] = explained[code] ?? [code, 'check the disk and the directory'];
    return { message: `cannot use the state directory ${path}: ${why} (${at})`, hint };
  },
});
