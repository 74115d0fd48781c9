import { DiskFailure, TransferFailure, WrongBytes } from './failure.ts';

/** Messages about downloads: each failure once, with its remedy. */
const network = 'check the network and the proxy settings, and run the command again: it goes on where it stopped';

export const failures = {
  status: (url: string, status: number, again: boolean, retryAfterMs?: number): TransferFailure =>
    new TransferFailure(
      status === 404 || status === 410 ? 'upstream-missing' : 'upstream-refused',
      `${url} answered ${status}${statusWords[status] ?? ''}`,
      again ? 'the server is in trouble: run the command again later, it goes on where it stopped' : remedies(status),
      again,
      retryAfterMs,
    ),
  askedToWait: (url: string, status: number, seconds: number): TransferFailure =>
    new TransferFailure(
      'upstream-busy',
      `${url} answered ${status} and asks to come back in ${seconds} s`,
      'run the command again then: it goes on where it stopped',
    ),
  noAnswer: (url: string, seconds: number): TransferFailure =>
    new TransferFailure('upstream-silent', `${url} did not answer within ${seconds} s`, network, true),
  stalled: (url: string, seconds: number): TransferFailure =>
    new TransferFailure('upstream-stalled', `${url} sent nothing for ${seconds} s`, network, true),
  slow: (url: string, bytes: number, seconds: number): TransferFailure =>
    new TransferFailure('upstream-slow', `${url} sent only ${bytes} bytes in ${seconds} s`, network, true),
  truncated: (url: string, got: number, want: number): TransferFailure =>
    new TransferFailure('upstream-truncated', `${url} ended after ${got} of ${want} bytes`, network, true),
  broken: (url: string, why: string): TransferFailure =>
    new TransferFailure('upstream-broken', `${url}: ${why}`, network, true),
  unreachable: (url: string, why: string, hint: string = network): TransferFailure =>
    new TransferFailure('upstream-unreachable', `${url}: ${why}`, hint),
  downgrade: (from: string, to: string): TransferFailure =>
    new TransferFailure(
      'redirect-downgrade',
      `${from} redirects from https to ${to}`,
      'knode does not leave https on the way: tell whoever runs that server, or name another in artifacts.upstreamHosts',
    ),
  badRedirect: (from: string, to: string): TransferFailure =>
    new TransferFailure(
      'redirect-refused',
      `${from} redirects to '${to}', which is no http(s) URL`,
      'name another server in artifacts.upstreamHosts',
    ),
  manyRedirects: (url: string): TransferFailure =>
    new TransferFailure('redirect-loop', `${url} redirects in a circle`, 'look at it with curl -vL'),
  badRange: (url: string, range: string): TransferFailure =>
    new TransferFailure('upstream-range', `${url} sent another part than asked for (${range})`, network, true),
  proxy: (proxy: string, why: string, again: boolean): TransferFailure =>
    new TransferFailure(
      'proxy-failed',
      `the proxy ${proxy} ${why}`,
      'check HTTP_PROXY, HTTPS_PROXY and NO_PROXY',
      again,
    ),
  proxyScheme: (proxy: string): TransferFailure =>
    new TransferFailure(
      'proxy-unknown',
      `the proxy ${proxy} is not an http(s) one`,
      'set HTTP_PROXY and HTTPS_PROXY to http://HOST:PORT, or unset them',
    ),
  tooLong: (url: string, limit: number): TransferFailure =>
    new TransferFailure(
      'checksum-file-broken',
      `${url} is larger than ${limit} bytes`,
      'look at it: it is no checksum file',
    ),
  noSuchLine: (url: string, algorithm: string, file: string): TransferFailure =>
    new TransferFailure(
      'checksum-file-broken',
      `${url} has no ${algorithm} of ${file}`,
      'look at it; where you know the checksum, add the artifact to the lock by hand with checksumFrom: user',
    ),
  endless: (url: string, limit: number): WrongBytes =>
    new WrongBytes(
      'size-differs',
      `${url} is larger than ${limit} bytes, and nobody says how large it should be`,
      differsHint,
    ),
  size: (what: string, got: number, want: number): WrongBytes =>
    new WrongBytes('size-differs', `${what} has ${got} bytes, the lock says ${want}`, differsHint),
  checksum: (what: string, algorithm: string, got: string, want: string): WrongBytes =>
    new WrongBytes(
      'checksum-differs',
      `${what} is not what was pinned: its ${algorithm} is ${got}, expected ${want}`,
      differsHint,
    ),
  local: (path: string, why: string): TransferFailure =>
    new TransferFailure(
      'file-unreadable',
      `cannot read ${path}: ${localReasons[why] ?? why}`,
      'artifacts.extra names it, relative to the cluster file',
    ),
  notMade: (label: string): WrongBytes =>
    new WrongBytes(
      'payload-differs',
      `${label} is not what this knode makes of the cluster file`,
      'run knode mirror lock, which pins what it makes now; older payloads stay in the mirrors that have them',
    ),
  notAFile: (path: string, folder: boolean): TransferFailure =>
    new TransferFailure(
      'name-clash',
      `${path} is ${folder ? 'a folder' : 'no file'}, and an artifact belongs there`,
      'move it away, or choose another folder with -o',
    ),
  taken: (path: string, label: string, there: string, want: string): WrongBytes =>
    new WrongBytes(
      'name-clash',
      `${path} holds other bytes than ${label} of this lock: ${there}, and not ${want}`,
      'the index of this folder names them, for another lock: choose another folder with -o, or delete the file if nothing needs it',
    ),
  disk: (path: string, error: NodeJS.ErrnoException): TransferFailure => {
    const code = error.code ?? '';
    const [why, hint] = diskReasons[code] ?? [error.message, 'check the folder’s permissions and free space'];
    const Failure = ['ENOSPC', 'EDQUOT', 'EROFS'].includes(code) ? DiskFailure : TransferFailure;
    return new Failure(code === 'ENOSPC' ? 'disk-full' : 'cannot-write', `cannot write ${path}: ${why}`, hint);
  },
  noRoom: (folder: string, want: number, free: number): DiskFailure =>
    new DiskFailure('disk-full', `${folder} has ${free} bytes free, and ${want} are still to come`, goOn),
} as const;

const differsHint =
  'nothing was put in place. Somebody changed the file upstream or on the way, or the lock is wrong: compare with what ' +
  'upstream publishes, then run knode mirror lock --update NAME, or mend the lock';

const localReasons: Readonly<Record<string, string>> = {
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
