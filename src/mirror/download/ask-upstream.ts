import type { IncomingMessage } from 'node:http';
import { ask, shown } from '../../net/http.ts';
import { paced } from '../../net/pace.ts';
import { persist, refused, type Watcher } from '../../net/retry.ts';
import type { Surroundings } from '../../net/surroundings.ts';
import { failures } from '../../net/words.ts';
import type { Measured } from '../../object-store/hashing/hashes.ts';
import { HashSink } from './sink.ts';
import { type Expected, transfer } from './transfer.ts';

/** The longest checksum list of a release has 20 kB. */
const longestList = 1 << 20;

export type Algorithm = 'sha256' | 'sha512';

/**
 * The checksum that upstream publishes for a file.
 * @param url of the checksum file.
 */
export async function publishedChecksum(
  url: string,
  file: string,
  algorithm: Algorithm,
  surroundings: Surroundings,
  watcher: Watcher = {},
): Promise<string> {
  const text = await persist(surroundings, watcher, async () => {
    const answer = await ask(url, { method: 'GET' }, surroundings);
    try {
      if (answer.statusCode !== 200) throw refused(url, answer, surroundings);
      return await textOf(answer, url, surroundings);
    } finally {
      answer.destroy();
    }
  });
  const found = checksumIn(text, file, algorithm);
  if (found === undefined) throw failures.noSuchLine(shown(url), algorithm, file);
  return found;
}

async function textOf(answer: IncomingMessage, url: string, surroundings: Surroundings): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of paced(url, answer, surroundings)) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > longestList) throw failures.tooLong(shown(url), longestList);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * Reads a checksum file: a bare hash, `HASH  FILE` as sha256sum prints it (FILE with or without `*` and folders), or
 * `SHA256 (FILE) = HASH` as BSD does. A list must name the file; a single line need not.
 */
export function checksumIn(text: string, file: string, algorithm: Algorithm): string | undefined {
  const digits = algorithm === 'sha256' ? 64 : 128;
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const hex = `([0-9A-Fa-f]{${digits}})`;
  const named = new RegExp(`^\\\\?${hex}[ \\t]+\\*?(.+?)\\s*$`);
  const bsd = new RegExp(`^\\S+ \\((.+)\\) = ${hex}\\s*$`);
  for (const line of lines) {
    const [, sum, path] = named.exec(line) ?? [];
    const [, bsdPath, bsdSum] = bsd.exec(line) ?? [];
    if ((path ?? bsdPath)?.split('/').at(-1) === file) return (sum ?? bsdSum)?.toLowerCase();
  }
  const [only = ''] = lines;
  return lines.length === 1 && new RegExp(`^${hex}$`).test(only.trim()) ? only.trim().toLowerCase() : undefined;
}

/**
 * The size of a file in bytes, without downloading it.
 * @returns undefined if the server does not send it.
 */
export async function sizeOf(
  url: string,
  surroundings: Surroundings,
  watcher: Watcher = {},
): Promise<number | undefined> {
  return persist(surroundings, watcher, async () => {
    const head = await ask(url, { method: 'HEAD' }, surroundings);
    head.destroy();
    const length = head.headers['content-length'];
    if (head.statusCode === 200 && length !== undefined && head.headers['content-encoding'] === undefined)
      return Number(length);
    // Signed URLs and some servers refuse HEAD: requesting one byte gives the same information.
    const probe = await ask(url, { method: 'GET', headers: { range: 'bytes=0-0' } }, surroundings);
    probe.destroy();
    if (probe.statusCode === 206) {
      const total = /\/(\d+)$/.exec(probe.headers['content-range'] ?? '')?.[1];
      return total === undefined ? undefined : Number(total);
    }
    if (probe.statusCode !== 200) throw refused(url, probe, surroundings);
    return probe.headers['content-length'] === undefined ? undefined : Number(probe.headers['content-length']);
  });
}

/** Downloads a file only to compute its checksum, and keeps nothing of it. */
export async function measure(
  url: string,
  expected: Expected,
  surroundings: Surroundings,
  watcher: Watcher = {},
): Promise<Measured> {
  return transfer(url, new HashSink(expected.sha512 !== undefined), expected, surroundings, watcher);
}
