import { createHash } from 'node:crypto';
import { EnvironmentFailure } from '../../base/failure.ts';
import type { Store } from './store.ts';

export interface Hashed {
  readonly size: number;
  readonly sha256: string;
  readonly sha512: string;
}

/** What breaks in the middle of a transfer and may go well the next time. */
const passing: readonly string[] = ['connection-broken', 'transfer-broken', 'server-busy'];
const tries = 3;

/** Reads an object to its end and hashes what came; undefined when it is not there. A broken connection is tried again. */
export async function hashStored(
  store: Store,
  key: string,
  progress: (bytes: number) => void,
): Promise<Hashed | undefined> {
  for (let left = tries; ; left--) {
    try {
      return await hashOnce(store, key, progress);
    } catch (error) {
      if (left <= 1 || !(error instanceof EnvironmentFailure) || !passing.includes(error.code)) throw error;
    }
  }
}

async function hashOnce(store: Store, key: string, progress: (bytes: number) => void): Promise<Hashed | undefined> {
  const body = await store.read(key);
  if (body === undefined) return undefined;
  const [short, long] = [createHash('sha256'), createHash('sha512')];
  let size = 0;
  for await (const chunk of body.chunks) {
    short.update(chunk);
    long.update(chunk);
    size += chunk.length;
    progress(size);
  }
  return { size, sha256: short.digest('hex'), sha512: long.digest('hex') };
}
