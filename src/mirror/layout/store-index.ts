import { EnvironmentFailure, mistake, UserMistake } from '../../base/failure.ts';

import { readText, type Store, type WritableStore } from '../../object-store/store.ts';
import { indexKey, sumsKey } from './keys.ts';
import { emptyIndex, indexText, type MirrorIndex, maxIndexBytes, parseIndex, sumsText } from './layout.ts';
import { say } from './messages.ts';

export interface StoredIndex {
  readonly index: MirrorIndex;
  readonly text: string;
  readonly tag: string;
}

/**
 * The index of a mirror; undefined if there is none yet.
 * @throws UserMistake if it is invalid.
 */
export async function readStoreIndex(store: Store): Promise<StoredIndex | undefined> {
  const found = await readText(store, indexKey, maxIndexBytes);
  const place = `${store.place.replace(/\/*$/, '/')}${indexKey}`;
  if (found === undefined) return undefined;
  if (found === 'too-big') throw mistake(say('mirror-index-broken/index-too-big', { place }));
  const { value, diagnostics } = parseIndex(found.text, place);
  if (value === undefined) throw new UserMistake(diagnostics);
  return { index: value, ...found };
}

/** Like `readStoreIndex`, but a missing index is a mistake. */
export async function demandIndex(store: Store): Promise<StoredIndex> {
  const found = await readStoreIndex(store);
  if (found === undefined) throw mistake(say('not-a-mirror', { place: store.place }));
  return found;
}

export interface Waiting {
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** From 0 to 1. */
  readonly chance: () => number;
}

/** Each lost round means that another push has won it, so only many concurrent pushes need twenty rounds. */
const mostRounds = 20;
const settleMs = 1000;

/**
 * Changes the index of a mirror that others may change at the same time. It reads the index, writes only over the
 * version that it read, and ends when it reads back an index that `change` leaves unchanged, with matching sums.
 * `change` may throw. Returns whether anything was written.
 */
export async function updateIndex(
  store: WritableStore,
  change: (index: MirrorIndex) => Promise<MirrorIndex> | MirrorIndex,
  { sleep, chance }: Waiting,
): Promise<boolean> {
  let written = false;
  let ignoresConditions = false;
  let calm = 0;
  for (let round = 0; round < mostRounds; round++) {
    // Both at once: usually nothing must be written, and two requests are then enough.
    const sums = readText(store, sumsKey, maxIndexBytes);
    sums.catch(() => {});
    const before = await readStoreIndex(store);
    const wanted = await change(before?.index ?? emptyIndex);
    const text = indexText(wanted);
    if (text !== before?.text) {
      calm = 0;
      const tag = before === undefined ? 'absent' : before.tag;
      if (!(await store.writeText(indexKey, text, tag))) await sleep(chance() * 100 * 2 ** Math.min(round, 5));
      else {
        ignoresConditions = await takesAnyway(store, text);
        written = true;
      }
    } else if (await writeSums(store, sumsText(wanted), await sums)) written = true;
    else if (!ignoresConditions || calm > 0) return written;
    else {
      // Another push may have read before this write, and be about to write without these entries: wait, and check
      // again.
      calm++;
      await sleep(settleMs * (1 + chance()));
    }
  }
  throw new EnvironmentFailure(say('mirror-busy', { place: store.place }));
}

/**
 * Whether the server ignores conditions: one that supports them refuses to overwrite an object with "only if absent".
 */
function takesAnyway(store: WritableStore, text: string): Promise<boolean> {
  return store.writeText(indexKey, text, 'absent');
}

async function writeSums(
  store: WritableStore,
  text: string,
  there: Awaited<ReturnType<typeof readText>>,
): Promise<boolean> {
  if (there !== undefined && there !== 'too-big' && there.text === text) return false;
  await store.writeText(sumsKey, text, undefined);
  return true;
}
