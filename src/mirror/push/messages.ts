import { phrases, speaker } from '../../base/catalogue.ts';
/** Messages of `knode mirror push`. */
export const pushMessages = phrases('mirror/push/push-messages', {
  fileMissing: (path: string): string => `${path} is named by the index and is not there`,
  fileOtherSize: (path: string, have: number, want: number): string =>
    `${path} has ${have} bytes, the index says ${want}`,
  fileOtherBytes: (path: string, have: string, want: string): string =>
    `${path} is not what the index says: its sha256 is ${have}, expected ${want}`,
  fileChanged: (path: string): string => `${path} changed while it was read`,
  fileHint: '`knode mirror pull` mends the folder: it fetches what is missing or wrong',
  differs: (place: string, have: string, want: string): string =>
    `${place} is there with other bytes: ${have}, ours ${want}`,
  differsHint:
    'objects of a mirror never change, because nodes hold them against their lock: find out which is right; --replace writes over it',
  bytesAndHash: (size: number, sha256: string | undefined): string =>
    sha256 === undefined ? `${size} bytes` : `sha256 ${sha256} (${size} bytes)`,
  interrupted: 'stopped. No half object is visible; the same command goes on where it stopped',
  noAbandoning:
    'unfinished uploads of earlier runs cannot be listed or removed: set a lifecycle rule for them on the bucket',
  abandoned: (count: number): string =>
    `removed ${count} unfinished ${count === 1 ? 'upload' : 'uploads'} of earlier runs`,
});

/** What is wrong, by code. */
export const say = speaker('mirror/push', {
  'mirror-object-differs': ({ place, have, want }: { place: string; have: string; want: string }) => ({
    message: `${place} is there with other bytes: ${have}, ours ${want}`,
    hint: 'objects of a mirror never change, because nodes hold them against their lock: find out which is right; --replace writes over it',
  }),
  'mirror-busy': ({ place }: { place: string }) => ({
    message: `${place} could not be written: other pushes of it came in between each time`,
    hint: 'another push with --replace may be under way, or the server is broken: run `knode mirror verify --deep`',
  }),
  'not-stored': ({ place }: { place: string }) => ({
    message: `${place} is not what was pushed a moment ago`,
    hint: 'another push with --replace may be under way, or the server is broken: run `knode mirror verify --deep`',
  }),
  'mirror-unreadable': ({ path, code }: { path: string; code: string | undefined }) => ({
    message: `cannot read ${path} (${code})`,
    hint: 'check the permissions and the disk',
  }),
});
