import type { IncomingMessage } from 'node:http';
import { EnvironmentFailure } from '../base/failure.ts';
import { TransferFailure } from '../net/failure.ts';
import { ask } from '../net/http.ts';
import { paced } from '../net/pace.ts';
import { persist, refused } from '../net/retry.ts';
import type { Surroundings } from '../net/surroundings.ts';
import type { Store, StoredObject } from './store.ts';

/** Statuses of a missing file. A public bucket that may not be listed answers 403. */
const missingStatuses: readonly (number | undefined)[] = [404, 410];

/** A mirror behind any static web server, or a bucket that everybody may read. */
export function httpStore(base: string, surroundings: Surroundings): Store {
  const get = (method: 'GET' | 'HEAD', key: string) =>
    speaking(() => persist(surroundings, {}, () => answerFor(method, new URL(key, base).href, surroundings)));
  return {
    place: base,
    head: async (key) => {
      const answer = await get('HEAD', key);
      answer?.resume();
      return answer && stored(key, answer);
    },
    read: async (key) => {
      const answer = await get('GET', key);
      if (answer === undefined) return undefined;
      const { etag } = answer.headers;
      return { chunks: chunks(answer, base, key, surroundings), ...(etag !== undefined && { tag: etag }) };
    },
  };
}

async function answerFor(
  method: 'GET' | 'HEAD',
  url: string,
  surroundings: Surroundings,
): Promise<IncomingMessage | undefined> {
  const answer = await ask(url, { method }, surroundings);
  if (answer.statusCode === 200) return answer;
  answer.destroy();
  if (missingStatuses.includes(answer.statusCode)) return undefined;
  throw refused(url, answer, surroundings);
}

/** knode's own server, and buckets filled by knode, send the recorded sha256. */
function stored(key: string, { headers }: IncomingMessage): StoredObject {
  const [, base64] = /sha-256=:([A-Za-z0-9+/=]+):/.exec(String(headers['repr-digest'] ?? '')) ?? [];
  const meta = headers['x-amz-meta-sha256'];
  const sha256 = base64 === undefined ? meta : Buffer.from(base64, 'base64').toString('hex');
  const modified = new Date(headers['last-modified'] ?? '');
  return {
    key,
    size: Number(headers['content-length'] ?? Number.NaN),
    ...(typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256) && { sha256 }),
    ...(!Number.isNaN(modified.getTime()) && { modified }),
  };
}

async function* chunks(
  answer: IncomingMessage,
  base: string,
  key: string,
  surroundings: Surroundings,
): AsyncGenerator<Uint8Array> {
  try {
    yield* paced(new URL(key, base).href, answer, surroundings);
  } catch (error) {
    surroundings.signal.throwIfAborted();
    throw failure(error);
  }
}

async function speaking<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw failure(error);
  }
}

function failure(error: unknown): unknown {
  return error instanceof TransferFailure ? new EnvironmentFailure(error) : error;
}
