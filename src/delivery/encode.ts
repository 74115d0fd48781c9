import { gzipSync } from 'node:zlib';
import { formatNamed } from './format.ts';
import { mimeArchive } from './mime.ts';

/** User-data in a form that a platform takes. */
export interface Encoded {
  /** What cloud-init gets to read once every transport has taken off its base64: text, or bytes. */
  readonly payload: string | Uint8Array;
  /** What is written and handed to the platform's tool. */
  readonly output: string | Uint8Array;
  /** What the file's name ends with. */
  readonly extension: string;
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
function base64(content: string | Uint8Array): string {
  return Buffer.from(content).toString('base64');
}

/**
 * User-data as it leaves knode. An ISO image is a seed around plain user-data: see iso.ts.
 * @param format name of a row in format.ts.
 * @param gzipsMime whether a MIME archive is compressed.
 */
export function encode(userData: string, format: string, gzipsMime = false): Encoded {
  const { steps, extension } = formatNamed(format);
  const compressedArchive = gzipsMime && steps.includes('mime');
  const text = steps.includes('mime') ? mimeArchive(userData) : userData;
  const payload = compressedArchive || steps.includes('gzip') ? gzip(text) : text;
  const output = steps.includes('base64') ? base64(payload) : payload;
  return { payload, output, extension: compressedArchive ? `${extension}.gz` : extension };
}
