import { createHash } from 'node:crypto';
import { rereading, type Store } from './store.ts';

export interface Hashed {
  readonly size: number;
  readonly sha256: string;
  readonly sha512: string;
}

/**
 * Reads an object to its end and hashes it; undefined if it does not exist. A broken connection is retried.
 * @param most maximum size in bytes: of a larger object no more is read, and the size so far is returned.
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
