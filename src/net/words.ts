import { DiskFailure, TransferFailure, WrongBytes } from './failure.ts';
import { localReasons, network, say } from './messages.ts';

/** Failures of downloads, each with its remedy. */
export const failures = {
  status: (url: string, status: number, again: boolean, retryAfterMs?: number): TransferFailure =>
    new TransferFailure(
      say(status === 404 || status === 410 ? 'upstream-missing' : 'upstream-refused', { url, status, again }),
      again,
      retryAfterMs,
    ),
  askedToWait: (url: string, status: number, seconds: number): TransferFailure =>
    new TransferFailure(say('upstream-busy', { url, status, seconds })),
  noAnswer: (url: string, seconds: number): TransferFailure =>
    new TransferFailure(say('upstream-silent', { url, seconds }), true),
  stalled: (url: string, seconds: number): TransferFailure =>
    new TransferFailure(say('upstream-stalled', { url, seconds }), true),
  slow: (url: string, bytes: number, seconds: number): TransferFailure =>
    new TransferFailure(say('upstream-slow', { url, bytes, seconds }), true),
  truncated: (url: string, got: number, want: number): TransferFailure =>
    new TransferFailure(say('upstream-truncated', { url, got, want }), true),
  broken: (url: string, why: string): TransferFailure =>
    new TransferFailure(say('upstream-broken', { url, why }), true),
  unreachable: (url: string, why: string, hint: string = network): TransferFailure =>
    new TransferFailure(say('upstream-unreachable', { url, why, hint })),
  downgrade: (from: string, to: string): TransferFailure =>
    new TransferFailure(say('redirect-downgrade', { from, to })),
  badRedirect: (from: string, to: string): TransferFailure =>
    new TransferFailure(say('redirect-refused', { from, to })),
  manyRedirects: (url: string): TransferFailure => new TransferFailure(say('redirect-loop', { url })),
  badRange: (url: string, range: string): TransferFailure =>
    new TransferFailure(say('upstream-range', { url, range }), true),
  proxy: (proxy: string, why: string, again: boolean): TransferFailure =>
    new TransferFailure(say('proxy-failed', { proxy, why }), again),
  proxyScheme: (proxy: string): TransferFailure => new TransferFailure(say('proxy-unknown', { proxy })),
  tooLong: (url: string, limit: number): TransferFailure =>
    new TransferFailure(say('checksum-file-broken', { url, limit })),
  noSuchLine: (url: string, algorithm: string, file: string): TransferFailure =>
    new TransferFailure(say('checksum-file-broken/2', { url, algorithm, file })),
  endless: (url: string, limit: number): WrongBytes => new WrongBytes(say('size-differs', { url, limit })),
  size: (what: string, got: number, want: number): WrongBytes =>
    new WrongBytes(say('size-differs/2', { what, got, want })),
  checksum: (what: string, algorithm: string, got: string, want: string): WrongBytes =>
    new WrongBytes(say('checksum-differs', { what, algorithm, got, want })),
  local: (path: string, why: string): TransferFailure =>
    new TransferFailure(say('file-unreadable', { path, why: localReasons[why] ?? why })),
  notMade: (label: string): WrongBytes => new WrongBytes(say('payload-differs', { label })),
  notAFile: (path: string, folder: boolean): TransferFailure =>
    new TransferFailure(say('name-clash', { path, folder })),
  taken: (path: string, label: string, there: string, want: string): WrongBytes =>
    new WrongBytes(say('name-clash/2', { path, label, there, want })),
  disk: (path: string, error: NodeJS.ErrnoException): TransferFailure => {
    const code = error.code ?? '';
    const Failure = ['ENOSPC', 'EDQUOT', 'EROFS'].includes(code) ? DiskFailure : TransferFailure;
    return new Failure(say(code === 'ENOSPC' ? 'disk-full/write' : 'cannot-write', { path, code, why: error.message }));
  },
  noRoom: (folder: string, want: number, free: number): DiskFailure =>
    new DiskFailure(say('disk-full', { folder, free, want })),
} as const;
