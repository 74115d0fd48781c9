import { setTimeout as sleep } from 'node:timers/promises';
import { sha256 } from '../base/digest.ts';
import { EnvironmentFailure } from '../base/failure.ts';

/** An object or file of a mirror. */
export interface StoredObject {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** The checksum recorded when it was written, if the store keeps one; not computed from its current bytes. */
  readonly sha256?: string;
  readonly modified?: Date;
}

/** The bytes of an object as a stream. The reader reads them to their end, or breaks the loop. */
export interface StoredBody {
  /** Identifies this exact content, for `writeText`; stores without such a tag use the text's sha256. */
  readonly tag?: string;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * The place of a mirror, for reading: a folder, a web server, a bucket. Keys are those of the layout, below the
 * mirror's base. Failures of the place are thrown as UserMistake or EnvironmentFailure; undefined only means that the
 * object does not exist.
 */
export interface Store {
  /** As the user named it, for messages. Never contains a credential. */
  readonly place: string;
  head(key: string): Promise<StoredObject | undefined>;
  read(key: string): Promise<StoredBody | undefined>;
}

/** A store that can be listed and changed. */
export interface WritableStore extends Store {
  /** Everything below the base, foreign files included. Without recorded checksums. */
  list(): Promise<readonly StoredObject[]>;
  remove(key: string): Promise<void>;
  /**
   * Replaces one of the mirror's own texts, but only if it is still the one that `tag` identifies ('absent': none).
   * Returns false if another writer was faster; with `tag` undefined it is replaced unconditionally.
   */
  writeText(key: string, text: string, tag: string | 'absent' | undefined): Promise<boolean>;
}

/** Failures in the middle of a transfer that may succeed on retry. */
const passing: readonly string[] = ['connection-broken', 'upstream-broken', 'upstream-silent', 'upstream-stalled'];
const tries = 5;
/** Pause before the second try, doubled each time: a loaded server breaks several transfers within a moment. */
const firstPauseMs = 250;

/** Reads an object to its end with `work`, starting again from its beginning if the connection breaks. */
export async function rereading<T>(work: () => Promise<T>): Promise<T> {
  for (let done = 1; ; done++) {
    try {
      return await work();
    } catch (error) {
      if (done >= tries || !(error instanceof EnvironmentFailure) || !passing.includes(error.code)) throw error;
    }
    await sleep(firstPauseMs * 2 ** (done - 1));
  }
}

/** Text of a small object; undefined if it does not exist; 'too-big' beyond `limit` bytes. */
export function readText(
  store: Store,
  key: string,
  limit: number,
): Promise<{ readonly text: string; readonly tag: string } | 'too-big' | undefined> {
  return rereading(async () => {
    const body = await store.read(key);
    if (body === undefined) return undefined;
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of body.chunks) {
      size += chunk.length;
      if (size > limit) return 'too-big';
      chunks.push(chunk);
    }
    const text = Buffer.concat(chunks).toString('utf8');
    return { text, tag: body.tag ?? sha256(text) };
  });
}
