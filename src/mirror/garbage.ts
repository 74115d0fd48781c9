import type { StoredObject, WritableStore } from '../object-store/store.ts';
import { targetOfPart } from './download/part-file.ts';
import { isOwnKey, parseKey } from './layout/keys.ts';
import type { IndexEntry, MirrorIndex } from './layout/layout.ts';
import { readStoreIndex, updateIndex, type Waiting } from './layout/store-index.ts';
import { inParallel } from './parallel.ts';

/** What no lock reaches. */
export interface Garbage {
  /** Named by the index. */
  readonly unlocked: readonly IndexEntry[];
  /**
   * Left by pushes that never came to write an index, and by pulls that were not gone on with: of our layout, not indexed, and
   * old.
   */
  readonly orphans: readonly StoredObject[];
  /** Not of our layout, or not provably ours: never touched. */
  readonly foreign: readonly StoredObject[];
}

/** A push writes its index at the end: what it has written so far is nobody's for this long. */
const orphanMs = 24 * 3600 * 1000;
const requests = 8;

/** Finds what the given keys do not reach. `recorded`: the store records checksums, so what has none is not ours. */
export async function findGarbage(
  store: WritableStore,
  index: MirrorIndex,
  keep: ReadonlySet<string>,
  { now, recorded }: { readonly now: Date; readonly recorded: boolean },
): Promise<Garbage> {
  const indexed = new Set(index.artifacts.map(({ key }) => key));
  const others = (await store.list()).filter(({ key }) => !indexed.has(key) && !isOwnKey(key));
  const judged = await inParallel(others, requests, async (one) => ({ one, ours: await isOrphan(one) }));
  return {
    unlocked: index.artifacts.filter(({ key }) => !keep.has(key)),
    orphans: judged.filter(({ ours }) => ours).map(({ one }) => one),
    foreign: judged.filter(({ ours }) => !ours).map(({ one }) => one),
  };

  async function isOrphan({ key, modified }: StoredObject): Promise<boolean> {
    // In a bucket nothing has such a name.
    const target = recorded ? undefined : targetOfPart(key);
    if (parseKey(target ?? key) === undefined) return false;
    // What a lock still wants goes on from its beginning.
    if (keep.has(target ?? key) && !(target !== undefined && indexed.has(target))) return false;
    if (modified === undefined || now.getTime() - modified.getTime() < orphanMs) return false;
    return !recorded || (await store.head(key))?.sha256 !== undefined;
  }
}

/**
 * Removes garbage: from the index first, so that no reader finds a name without its file. What another push has put into the
 * index meanwhile stays. Gives the keys that are gone.
 */
export async function removeGarbage(
  store: WritableStore,
  { unlocked, orphans }: Garbage,
  waiting: Waiting,
  tell: (key: string) => void,
): Promise<readonly string[]> {
  const drop = new Map(unlocked.map((entry) => [entry.key, entry.sha256]));
  if (drop.size > 0) {
    await updateIndex(
      store,
      ({ artifacts }) => ({ artifacts: artifacts.filter(({ key, sha256 }) => drop.get(key) !== sha256) }),
      waiting,
    );
  }
  const after = new Set((await readStoreIndex(store))?.index.artifacts.map(({ key }) => key));
  const keys = [...drop.keys(), ...orphans.map(({ key }) => key)].filter((key) => !after.has(key));
  return inParallel(keys, requests, async (key) => {
    await store.remove(key);
    tell(key);
    return key;
  });
}
