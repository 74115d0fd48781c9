import type { StoredObject, WritableStore } from '../object-store/store.ts';
import { targetOfPart } from './download/part-file.ts';
import { isOwnKey, parseKey } from './layout/keys.ts';
import type { IndexEntry, MirrorIndex } from './layout/layout.ts';
import { readStoreIndex, updateIndex, type Waiting } from './layout/store-index.ts';
import { inParallel } from './parallel.ts';

/** Objects that no lock needs. */
export interface Garbage {
  /** Named by the index. */
  readonly unlocked: readonly IndexEntry[];
  /**
   * Leftovers of pushes that never wrote an index, and of pulls that were not resumed: of knode's layout, not indexed,
   * and old.
   */
  readonly orphans: readonly StoredObject[];
  /** Not of knode's layout, or not provably knode's: never touched. */
  readonly foreign: readonly StoredObject[];
}

/** A push writes its index at the end: for this long its objects are not in any index. */
const orphanMs = 24 * 3600 * 1000;
const requests = 8;

/**
 * Finds objects that none of the given keys needs. `recorded`: the store records checksums, so an object without one is
 * not knode's.
 */
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
    // A bucket never has such names.
    const target = recorded ? undefined : targetOfPart(key);
    if (parseKey(target ?? key) === undefined) return false;
    // A partial file that a lock still needs will be resumed.
    if (keep.has(target ?? key) && !(target !== undefined && indexed.has(target))) return false;
    if (modified === undefined || now.getTime() - modified.getTime() < orphanMs) return false;
    return !recorded || (await store.head(key))?.sha256 !== undefined;
  }
}

/**
 * Removes garbage: from the index first, so that no reader finds a name without its file. Entries that another push
 * added meanwhile stay. Returns the removed keys.
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
