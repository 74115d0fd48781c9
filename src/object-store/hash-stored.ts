import { createHash } from 'node:crypto';
import { rereading, type Store } from './store.ts';

export interface Hashed {
  readonly size: number;
  readonly sha256: string;
  readonly sha512: string;
}

/**
 * Reads an object to its end and hashes what came; undefined when it is not there. A broken connection is tried again.
 * @param most bytes that it may have: of a longer one no more is read, and its size is told as it was then.
 */
export function hashStored(
  store: Store,
  key: string,
  progress: (bytes: number) => void,
  most: number = Number.POSITIVE_INFINITY,
): Promise<Hashed | undefined> {
  return rereading(() => hashOnce(store, key, progress, most));
}

async function hashOnce(
  store: Store,
  key: string,
  progress: (bytes: number) => void,
  most: number,
): Promise<Hashed | undefined> {
  const body = await store.read(key);
  if (body === undefined) return undefined;
  const [short, long] = [createHash('sha256'), createHash('sha512')];
  let size = 0;
  for await (const chunk of body.chunks) {
    short.update(chunk);
    long.update(chunk);
    size += chunk.length;
    progress(size);
    if (size > most) break;
  }
  return { size, sha256: short.digest('hex'), sha512: long.digest('hex') };
}
