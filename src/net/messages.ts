import { speaker } from '../base/catalogue.ts';

export const network =
  'check the network and the proxy settings, and run the command again: it goes on where it stopped';

const differs =
  'nothing was put in place. Somebody changed the file upstream or on the way, or the lock is wrong: compare with what ' +
  'upstream publishes, then run knode mirror lock --update NAME, or mend the lock';

export const localReasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
};

const goOn = 'free some and run the command again: it goes on where it stopped';

const diskReasons: Readonly<Record<string, readonly [why: string, hint: string]>> = {
  ENOSPC: ['no space is left', goOn],
  EDQUOT: ['the disk quota is used up', goOn],
  EFBIG: ['the file system does not take a file of this size', 'use another file system than FAT32 or the like'],
  EACCES: ['permission denied', 'run knode as the owner of the folder, or choose another with -o'],
  EPERM: ['operation not permitted', 'check owner, attributes and mount options of the folder'],
  EROFS: ['the file system is read-only', 'mount it writable, or choose another folder with -o'],
  ENOTDIR: ['a file stands where a folder belongs', 'move it away, or choose another folder with -o'],
  EEXIST: ['a file stands where a folder belongs', 'move it away, or choose another folder with -o'],
  EISDIR: ['a folder stands where the file belongs', 'move it away, or choose another folder with -o'],
  ENAMETOOLONG: ['the name is too long for the file system', 'choose a folder with a shorter path'],
};

/** Why the disk takes no more. */
function onDisk({ path, code, why }: { path: string; code: string; why: string }): { message: string; hint: string } {
  const [reason, hint] = diskReasons[code] ?? [why, 'check the folder’s permissions and free space'];
  return { message: `cannot write ${path}: ${reason}`, hint };
}

const statusWords: Readonly<Record<number, string>> = {
  401: ' (unauthorized)',
  403: ' (forbidden)',
  404: ' (not found)',
  407: ' (the proxy wants a password)',
  410: ' (gone)',
  429: ' (too many requests)',
  500: ' (internal error)',
  502: ' (bad gateway)',
  503: ' (unavailable)',
  504: ' (gateway time-out)',
};

function remedies(status: number): string {
  if (status === 404 || status === 410)
    return 'check the version; a stand-in named in artifacts.upstreamHosts may lack the file';
  return 'upstream wants no password: is a proxy or a stand-in of artifacts.upstreamHosts in between?';
}

function refused({ url, status, again }: { url: string; status: number; again: boolean }): {
  message: string;
  hint: string;
} {
  return {
    message: `${url} answered ${status}${statusWords[status] ?? ''}`,
    hint: again
      ? 'the server is in trouble: run the command again later, it goes on where it stopped'
      : remedies(status),
  };
}

/** Why transfers fail, by code. */
export const say = speaker('net', {
  'upstream-missing': refused,
  'upstream-refused': refused,
  'upstream-busy': ({ url, status, seconds }: { url: string; status: number; seconds: number }) => ({
    message: `${url} answered ${status} and asks to come back in ${seconds} s`,
    hint: 'run the command again then: it goes on where it stopped',
  }),
  'upstream-silent': ({ url, seconds }: { url: string; seconds: number }) => ({
    message: `${url} did not answer within ${seconds} s`,
    hint: network,
  }),
  'upstream-stalled': ({ url, seconds }: { url: string; seconds: number }) => ({
    message: `${url} sent nothing for ${seconds} s`,
    hint: network,
  }),
  'upstream-slow': ({ url, bytes, seconds }: { url: string; bytes: number; seconds: number }) => ({
    message: `${url} sent only ${bytes} bytes in ${seconds} s`,
    hint: network,
  }),
  'upstream-truncated': ({ url, got, want }: { url: string; got: number; want: number }) => ({
    message: `${url} ended after ${got} of ${want} bytes`,
    hint: network,
  }),
  'upstream-broken': ({ url, why }: { url: string; why: string }) => ({ message: `${url}: ${why}`, hint: network }),
  'upstream-unreachable': ({ url, why, hint }: { url: string; why: string; hint: string }) => ({
    message: `${url}: ${why}`,
    hint: hint,
  }),
  'redirect-downgrade': ({ from, to }: { from: string; to: string }) => ({
    message: `${from} redirects from https to ${to}`,
    hint: 'knode does not leave https on the way: tell whoever runs that server, or name another in artifacts.upstreamHosts',
  }),
  'redirect-refused': ({ from, to }: { from: string; to: string }) => ({
    message: `${from} redirects to '${to}', which is no http(s) URL`,
    hint: 'name another server in artifacts.upstreamHosts',
  }),
  'redirect-loop': ({ url }: { url: string }) => ({
    message: `${url} redirects in a circle`,
    hint: 'look at it with curl -vL',
  }),
  'upstream-range': ({ url, range }: { url: string; range: string }) => ({
    message: `${url} sent another part than asked for (${range})`,
    hint: network,
  }),
  'proxy-failed': ({ proxy, why }: { proxy: string; why: string }) => ({
    message: `the proxy ${proxy} ${why}`,
    hint: 'check HTTP_PROXY, HTTPS_PROXY and NO_PROXY',
  }),
  'proxy-unknown': ({ proxy }: { proxy: string }) => ({
    message: `the proxy ${proxy} is not an http(s) one`,
    hint: 'set HTTP_PROXY and HTTPS_PROXY to http://HOST:PORT, or unset them',
  }),
  'checksum-file-broken': ({ url, limit }: { url: string; limit: number }) => ({
    message: `${url} is larger than ${limit} bytes`,
    hint: 'look at it: it is no checksum file',
  }),
  'checksum-file-broken/2': ({ url, algorithm, file }: { url: string; algorithm: string; file: string }) => ({
    message: `${url} has no ${algorithm} of ${file}`,
    hint: 'look at it; where you know the checksum, add the artifact to the lock by hand with checksumFrom: user',
  }),
  'size-differs': ({ url, limit }: { url: string; limit: number }) => ({
    message: `${url} is larger than ${limit} bytes, and nobody says how large it should be`,
    hint: differs,
  }),
  'size-differs/2': ({ what, got, want }: { what: string; got: number; want: number }) => ({
    message: `${what} has ${got} bytes, the lock says ${want}`,
    hint: differs,
  }),
  'checksum-differs': ({
    what,
    algorithm,
    got,
    want,
  }: {
    what: string;
    algorithm: string;
    got: string;
    want: string;
  }) => ({ message: `${what} is not what was pinned: its ${algorithm} is ${got}, expected ${want}`, hint: differs }),
  'file-unreadable': ({ path, why }: { path: string; why: string }) => ({
    message: `cannot read ${path}: ${why}`,
    hint: 'artifacts.extra names it, relative to the cluster file',
  }),
  'payload-differs': ({ label }: { label: string }) => ({
    message: `${label} is not what this knode makes of the cluster file`,
    hint: 'run knode mirror lock, which pins what it makes now; older node layer archives stay in the mirrors that have them',
  }),
  'name-clash': ({ path, folder }: { path: string; folder: boolean }) => ({
    message: `${path} is ${folder ? 'a folder' : 'no file'}, and an artifact belongs there`,
    hint: 'move it away, or choose another folder with -o',
  }),
  'name-clash/2': ({ path, label, there, want }: { path: string; label: string; there: string; want: string }) => ({
    message: `${path} holds other bytes than ${label} of this lock: ${there}, and not ${want}`,
    hint: 'the index of this folder names them, for another lock: choose another folder with -o, or delete the file if nothing needs it',
  }),
  'disk-full': ({ folder, free, want }: { folder: string; free: number; want: number }) => ({
    message: `${folder} has ${free} bytes free, and ${want} are still to come`,
    hint: goOn,
  }),
  'disk-full/write': onDisk,
  'cannot-write': onDisk,
});
