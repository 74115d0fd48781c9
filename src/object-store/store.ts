import { setTimeout as sleep } from 'node:timers/promises';
import { sha256 } from '../base/digest.ts';
import { EnvironmentFailure } from '../base/failure.ts';

/** An object or file of a mirror. */
export interface StoredObject {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** What was recorded with it when it was written, where the store keeps such a thing: not what its bytes are now. */
  readonly sha256?: string;
  readonly modified?: Date;
}

/** The bytes of an object as they come. Whoever asks for them reads them to their end, or breaks the loop. */
export interface StoredBody {
  /** Names this very content, for `writeText`; where a store has nothing of the kind, the text's sha256 does it. */
  readonly tag?: string;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * Where a mirror lies, for reading: a folder, a web server, a bucket. Keys are those of the layout, below the mirror's base.
 * Failures of the place come out as UserMistake or EnvironmentFailure; undefined is only for what is not there.
 */
export interface Store {
  /** As the user named it, for messages. Never holds a credential. */
  readonly place: string;
  head(key: string): Promise<StoredObject | undefined>;
  read(key: string): Promise<StoredBody | undefined>;
}

/** A store that can be listed and changed. */
export interface WritableStore extends Store {
  /** Everything below the base, foreign files too. Without recorded checksums. */
  list(): Promise<readonly StoredObject[]>;
  remove(key: string): Promise<void>;
  /**
   * Replaces one of the mirror's own texts, but only if it is still the one that `tag` names ('absent': none). Gives false
   * when somebody else was faster; `tag` undefined means whatever is there.
   */
  writeText(key: string, text: string, tag: string | 'absent' | undefined): Promise<boolean>;
}

/** What breaks in the middle of a transfer and may go well the next time. */
const passing: readonly string[] = ['connection-broken', 'upstream-broken', 'upstream-silent', 'upstream-stalled'];
const tries = 5;
/** Before the second try, and doubled each time: a loaded server breaks several transfers within a moment. */
const firstPauseMs = 250;

/** Reads an object to its end with `work`, from its beginning again where the connection breaks. */
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

/** Text of a small object, or undefined when it is not there; 'too-big' beyond `limit` bytes. */
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
