import { gzipSync } from 'node:zlib';
import { formatNamed } from './format.ts';
import { mimeArchive } from './mime.ts';

/** User-data in a form that a platform accepts. */
export interface Encoded {
  /** What cloud-init reads after every transport has decoded base64: text, or bytes. */
  readonly decoded: string | Uint8Array;
  /** What is written, and passed to the platform's tool. */
  readonly output: string | Uint8Array;
  /** Suffix of the file's name. */
  readonly extension: string;
}

/** RFC 1952: the header byte for the operating system. */
const systemByte = 9;
const unix = 3;

/** gzip without time, name or information on the machine, so that the same text gives the same bytes. */
export function gzip(text: string): Uint8Array {
  // With less memory deflate makes smaller blocks, each with better codes: one per cent less for the typical files of a
  // node.
  const bytes = gzipSync(text, { level: 9, memLevel: 6 });
  bytes[systemByte] = unix;
  return bytes;
}

/** The base64 length of this many bytes. */
export function base64Length(bytes: number): number {
  return 4 * Math.ceil(bytes / 3);
}

export function byteLength(content: string | Uint8Array): number {
  return typeof content === 'string' ? Buffer.byteLength(content) : content.length;
}

/** Without a newline: Terraform's `file()` and a shell's `$(cat …)` pass it on unchanged. */
function base64(content: string | Uint8Array): string {
  return Buffer.from(content).toString('base64');
}

/**
 * The final form of user-data. An ISO image is a seed with plain user-data: see iso.ts.
 * @param format name of a row in format.ts.
 * @param gzipsMime whether a MIME archive is compressed.
 */
export function encode(userData: string, format: string, gzipsMime = false): Encoded {
  const { steps, extension } = formatNamed(format);
  const compressedArchive = gzipsMime && steps.includes('mime');
  const text = steps.includes('mime') ? mimeArchive(userData) : userData;
  const decoded = compressedArchive || steps.includes('gzip') ? gzip(text) : text;
  const output = steps.includes('base64') ? base64(decoded) : decoded;
  return { decoded, output, extension: compressedArchive ? `${extension}.gz` : extension };
}
