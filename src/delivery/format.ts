import { gzipSync } from 'node:zlib';
import { mimeArchive } from './mime.ts';

/** How user-data leaves knode. */
export const formats = ['cloud-config', 'gzip', 'base64', 'mime', 'iso'] as const;
export type Format = (typeof formats)[number];

/** User-data in a form that a platform takes. */
export interface Encoded {
  /** What cloud-init gets to read once every transport has taken off its base64: text, or bytes. */
  readonly payload: string | Uint8Array;
  /** What is written and handed to the platform's tool. */
  readonly output: string | Uint8Array;
  /** What the file's name ends with. */
  readonly extension: '' | '.gz' | '.b64' | '.mime' | '.mime.gz';
}

/** RFC 1952: the byte of the header that names the system it was made on. */
const systemByte = 9;
const unix = 3;

/** gzip without a time, a name or a trace of the machine, so that the same text gives the same bytes. */
export function gzip(text: string): Uint8Array {
  // With less memory deflate makes smaller blocks, each with codes that suit it: one per cent less for what a node's files are like.
  const bytes = gzipSync(text, { level: 9, memLevel: 6 });
  bytes[systemByte] = unix;
  return bytes;
}

/** The length that so many bytes have as base64. */
export function base64Length(bytes: number): number {
  return 4 * Math.ceil(bytes / 3);
}

export function byteLength(content: string | Uint8Array): number {
  return typeof content === 'string' ? Buffer.byteLength(content) : content.length;
}

/** No line end: Terraform's `file()` and a shell's `$(cat …)` hand it on as it is. */
function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

/** An ISO image is a seed around plain user-data: see iso.ts. */
export function encode(userData: string, format: Format, gzipsMime = false): Encoded {
  switch (format) {
    case 'cloud-config':
    case 'iso':
      return { payload: userData, output: userData, extension: '' };
    case 'gzip': {
      const bytes = gzip(userData);
      return { payload: bytes, output: bytes, extension: '.gz' };
    }
    case 'base64': {
      const bytes = gzip(userData);
      return { payload: bytes, output: base64(bytes), extension: '.b64' };
    }
    case 'mime': {
      const archive = mimeArchive(userData);
      const payload = gzipsMime ? gzip(archive) : archive;
      return { payload, output: payload, extension: gzipsMime ? '.mime.gz' : '.mime' };
    }
  }
}
