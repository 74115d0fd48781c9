import { phrases, speaker } from '../../base/catalogue.ts';
/** Messages about a mirror's own files. */
export const layoutMessages = phrases('mirror/layout/layout-messages', {
  notAKey: "is not a key of an artifact: a plain relative path without '..'",
  notAName: 'is not an artifact name',
  notAVersion: 'is not a version',
  notSha256: 'is not a sha256: 64 lower-case hex digits',
  notSha512: 'is not a sha512: 128 lower-case hex digits',
  notJson: (place: string): string => `${place} is not JSON`,
  notAnIndex: (place: string, path: string, why: string): string =>
    path === '' ? `${place} is not an index of a mirror: ${why}` : `${place}: ${path}: ${why}`,
  keyClash: (place: string, key: string): string => `${place} names ${key} twice, or as a folder of another key`,
  tooBig: (place: string, bytes: number): string => `${place} is larger than ${bytes} bytes: not an index of a mirror`,
  unreadable: (file: string, code: string | undefined): string => `cannot read ${file} (${code})`,
  brokenHint: 'it is written by `knode mirror pull` and `push`, never by hand: restore it, or make the mirror anew',
});

/** What is wrong, by code. */
export const say = speaker('mirror/layout', {
  'mirror-unreadable': ({ file, code }: { file: string; code: string | undefined }) => ({
    message: `cannot read ${file} (${code})`,
    hint: 'check its permissions',
  }),
  'mirror-index-broken/index-too-big': ({ place }: { place: string }) => ({
    message: `${place} is too large to be an index of a mirror`,
    hint: 'fill it with `knode mirror pull` (a folder) or `knode mirror push`; check bucket and prefix',
  }),
  'not-a-mirror': ({ place }: { place: string }) => ({
    message: `${place} holds no mirror: it has no index.json`,
    hint: 'fill it with `knode mirror pull` (a folder) or `knode mirror push`; check bucket and prefix',
  }),
  'mirror-busy': ({ place }: { place: string }) => ({
    message: `the index of ${place} changed again and again while it was to be written`,
    hint: 'somebody else pushes to the same mirror: run it again in a while, everything else is done',
  }),
});
