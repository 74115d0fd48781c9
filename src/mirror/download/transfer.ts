import type { IncomingMessage } from 'node:http';
import { TransferFailure, WrongBytes } from '../../net/failure.ts';
import { ask, shown } from '../../net/http.ts';
import { leastBytes, pour } from '../../net/pace.ts';
import { pause, refused, type Watcher } from '../../net/retry.ts';
import type { Surroundings } from '../../net/surroundings.ts';
import { failures } from '../../net/words.ts';
import type { Measured } from '../../object-store/hashing/hashes.ts';
import type { Sink } from './sink.ts';

/** What is known about a file before its download. */
export interface Expected {
  readonly size?: number | undefined;
  readonly sha256?: string | undefined;
  readonly sha512?: string | undefined;
}

/** @throws WrongBytes if the bytes differ from the expected ones. */
export function verify(what: string, measured: Measured, expected: Expected): void {
  const { size, sha256, sha512 } = expected;
  if (size !== undefined && measured.size !== size) throw failures.size(what, measured.size, size);
  if (sha256 !== undefined && measured.sha256 !== sha256)
    throw failures.checksum(what, 'sha256', measured.sha256, sha256);
  if (sha512 !== undefined && measured.sha512 !== sha512)
    throw failures.checksum(what, 'sha512', measured.sha512, sha512);
}

/**
 * Transfers a file into a sink: resumes at the sink's length, retries while that helps, and verifies the whole at the
 * end. If bytes that came in several answers are wrong, they are fetched once more from zero, because each answer may
 * have been right.
 */
export async function transfer(
  url: string,
  sink: Sink,
  expected: Expected,
  surroundings: Surroundings,
  watcher: Watcher = {},
): Promise<Measured> {
  const state: State = { inParts: sink.length > 0, restarted: false };
  for (let failed = 0; ; ) {
    const before = sink.length;
    try {
      await attempt(url, sink, expected, surroundings, watcher, state);
      const measured = await sink.measured();
      verify(shown(url), measured, expected);
      return measured;
    } catch (error) {
      surroundings.signal.throwIfAborted();
      if (error instanceof WrongBytes && state.inParts && !state.restarted) {
        Object.assign(state, { restarted: true, inParts: false });
        watcher.restart?.(error.message);
        await sink.restart(undefined);
        continue;
      }
      if (!(error instanceof TransferFailure) || !error.again) throw error;
      await sink.flush();
      // Very slow answers do not count as progress: a server could continue them for ever.
      failed = sink.length - before >= leastBytes(surroundings) ? 1 : failed + 1;
      state.inParts ||= sink.length > 0;
      await pause(error, failed, surroundings, watcher);
    }
  }
}

interface State {
  /** The sink holds bytes of several answers. */
  inParts: boolean;
  restarted: boolean;
}

/** One request for the missing bytes. */
async function attempt(
  url: string,
  sink: Sink,
  expected: Expected,
  surroundings: Surroundings,
  watcher: Watcher,
  state: State,
): Promise<void> {
  // Without a checksum only the server can confirm that the answer continues the received bytes.
  const pinned = expected.sha256 !== undefined || expected.sha512 !== undefined;
  if (sink.length > 0 && !pinned && sink.validator === undefined) await sink.restart(undefined);
  if (expected.size !== undefined && sink.length > expected.size)
    throw failures.size(shown(url), sink.length, expected.size);
  if (expected.size !== undefined && sink.length === expected.size && expected.size > 0) return;
  const from = sink.length;
  const headers = {
    ...(from > 0 && { range: `bytes=${from}-` }),
    ...(from > 0 && sink.validator !== undefined && { 'if-range': sink.validator }),
  };
  const answer = await ask(url, { method: 'GET', headers }, surroundings);
  try {
    const total = await begin(url, answer, sink, surroundings);
    if (total === 'complete') return;
    // Another answer than the one that an earlier part came from.
    if (sink.length === 0) state.inParts = false;
    if (expected.size !== undefined && total !== undefined && total !== expected.size)
      throw failures.size(shown(url), total, expected.size);
    watcher.begin?.(sink.length);
    await receive(url, answer, sink, { total, most: expected.size }, surroundings, watcher);
  } finally {
    answer.destroy();
  }
}

/**
 * Checks the head of an answer and prepares the sink for its body. Returns the size of the whole file, if the server
 * sends it.
 */
async function begin(
  url: string,
  answer: IncomingMessage,
  sink: Sink,
  surroundings: Surroundings,
): Promise<number | undefined | 'complete'> {
  const status = answer.statusCode ?? 0;
  const length = answer.headers['content-length'];
  if (status === 200) {
    await sink.restart(strongTag(answer));
    return length === undefined ? undefined : Number(length);
  }
  const range = answer.headers['content-range'] ?? '';
  const [, first, total] = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(range) ?? [];
  if (status === 206 && sink.length > 0 && Number(first) === sink.length)
    return total === '*' ? undefined : Number(total);
  if (status === 416 && total === String(sink.length)) return 'complete';
  if (status === 206 || status === 416) {
    await sink.restart(undefined);
    throw failures.badRange(shown(url), range || `${status} without Content-Range`);
  }
  throw refused(url, answer, surroundings);
}

/** A weak one does not promise the same bytes (RFC 9110, 8.8.3). */
function strongTag({ headers: { etag } }: IncomingMessage): string | undefined {
  return etag !== undefined && /^"[^"\r\n]*"$/.test(etag) ? etag : undefined;
}

/** Limit for a file of unknown size; far more than any program or image has. */
const largestUnknown = 64 * 1024 ** 3;

interface Limits {
  readonly total: number | undefined;
  /** More bytes than this are not the pinned file. */
  readonly most: number | undefined;
}

async function receive(
  url: string,
  answer: IncomingMessage,
  sink: Sink,
  { total, most }: Limits,
  surroundings: Surroundings,
  watcher: Watcher,
): Promise<void> {
  let received = sink.length;
  const largest = most ?? largestUnknown;
  try {
    await pour(url, answer, surroundings, (chunk) => {
      received += chunk.length;
      if (received > largest)
        throw most === undefined ? failures.endless(shown(url), largest) : failures.size(shown(url), received, most);
      watcher.bytes?.(received, total);
      return sink.write(chunk);
    });
  } finally {
    await sink.flush();
  }
  const want = total ?? most;
  if (want !== undefined && received < want) throw failures.truncated(shown(url), received, want);
}
