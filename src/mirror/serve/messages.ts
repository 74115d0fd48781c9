import { phrases, speaker } from '../../base/catalogue.ts';
import { counted } from '../../base/wording.ts';
/** Messages of the embedded server. */
export const serveMessages = phrases('mirror/serve/serve-messages', {
  cannotListenHints: {
    EADDRINUSE: 'another program has this port: choose another one with --listen',
    EACCES: 'ports below 1024 need root: choose a higher one with --listen',
    EADDRNOTAVAIL: 'this machine does not have that address: `ip addr` lists those it has',
  } as Readonly<Record<string, string>>,
  otherListenHint: 'choose another address with --listen',
  serving: (folder: string, files: number, url: string): string =>
    `serving ${folder} (${counted(files, 'file')}) at ${url}`,
  stopping: 'stopping: transfers under way may end',
  stopped: 'stopped',
  full: (most: number): string => `${most} connections are open: further ones are closed until some of these end`,
  broken: (key: string, why: string): string => `${key}: ${why}: not served`,
  otherSize: (have: number, want: number): string => `${have} bytes, the index says ${want}`,
  outside: 'it leads out of the folder',
  notAFile: 'it is not a regular file',
  missingFile: 'the index names it, but it is not there',
  unreadable: (code: string | undefined): string => `it cannot be read (${code})`,
  staleIndex: (why: string): string => `index.json changed and cannot be read, the old one is kept: ${why}`,
});

/** What is wrong, by code. */
export const say = speaker('mirror/serve', {
  'not-a-listen-address': ({ text }: { text: string }) => ({
    message: `'${text}' is not an address to listen on`,
    hint: 'give HOST:PORT, :PORT or PORT, for example 0.0.0.0:8080; port 0 takes a free one',
  }),
  'cannot-listen': ({ address, code, hint }: { address: string; code: string | undefined; hint: string }) => ({
    message: `cannot listen on ${address} (${code})`,
    hint: hint,
  }),
});
