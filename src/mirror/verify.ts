import { type Hashed, hashStored } from '../object-store/hash-stored.ts';
import type { Store, StoredObject } from '../object-store/store.ts';
import { artifactLabel } from './catalogue/identity.ts';
import type { IndexEntry, MirrorIndex } from './layout/layout.ts';
import type { LockEntry } from './lock/schema.ts';
import { inParallel } from './parallel.ts';
import { verifyMessages as words } from './verify-messages.ts';

/** Expected object of a key. */
export interface Expected {
  readonly key: string;
  /** For people: `etcd 3.6.14 amd64`. */
  readonly label: string;
  readonly size?: number;
  readonly sha256?: string | undefined;
  readonly sha512?: string | undefined;
}

/** The result for a key. `by` is the method: its bytes were hashed, its recorded sha256 was read, or only its size. */
export interface Verdict extends Expected {
  readonly status: 'ok' | 'missing' | 'wrong';
  readonly by?: 'hash' | 'record' | 'size';
  readonly why?: string;
}

export interface VerifySettings {
  /** Read and hash every byte. */
  readonly deep: boolean;
  readonly concurrency: number;
  readonly begin?: (expected: Expected) => void;
  readonly bytes?: (expected: Expected, done: number) => void;
  readonly tell: (verdict: Verdict) => void;
}

/** The objects that a lock needs. */
export function expectedOfLock(entries: readonly LockEntry[], keyOf: (entry: LockEntry) => string): Expected[] {
  return entries.map((entry) => ({
    key: keyOf(entry),
    label: artifactLabel(entry),
    [entry.algorithm]: entry.checksum,
    ...(entry.size !== undefined && { size: entry.size }),
  }));
}

/** The objects that a mirror's own index lists. */
export function expectedOfIndex(index: MirrorIndex): Expected[] {
  return index.artifacts.map((entry) => ({ ...entry, label: artifactLabel(entry) }));
}

/** Compares a mirror with the expected objects, one after the other; only the bytes are trusted. */
export async function verifyMirror(
  store: Store,
  index: MirrorIndex,
  expected: readonly Expected[],
  settings: VerifySettings,
): Promise<readonly Verdict[]> {
  const entries = new Map(index.artifacts.map((entry) => [entry.key, entry]));
  return inParallel(expected, settings.concurrency, async (one) => {
    settings.begin?.(one);
    const verdict = { ...one, ...(await judge(store, one, entries.get(one.key), settings)) };
    settings.tell(verdict);
    return verdict;
  });
}

type Judgement = Pick<Verdict, 'status' | 'by' | 'why'>;

async function judge(
  store: Store,
  expected: Expected,
  entry: IndexEntry | undefined,
  { deep, bytes }: VerifySettings,
): Promise<Judgement> {
  const there = await store.head(expected.key);
  if (there === undefined) return { status: 'missing', why: words.notThere };
  if (entry === undefined) return { status: 'missing', why: words.notIndexed };
  const why = indexProblem(expected, entry) ?? recordProblem(entry, there);
  if (why !== undefined) return { status: 'wrong', why };
  if (!deep) return { status: 'ok', by: there.sha256 === undefined ? 'size' : 'record' };
  const hashed = await hashStored(store, expected.key, (done) => bytes?.(expected, done), entry.size);
  if (hashed === undefined) return { status: 'missing', why: words.notThere };
  const problem = hashProblem({ ...entry, ...expected }, hashed);
  return problem === undefined ? { status: 'ok', by: 'hash' } : { status: 'wrong', by: 'hash', why: problem };
}

/**
 * A contradiction between the index and the lock. The index may lack a sha512: another lock pinned the file by sha256.
 */
function indexProblem(expected: Expected, entry: IndexEntry): string | undefined {
  if (expected.sha256 !== undefined && expected.sha256 !== entry.sha256)
    return words.otherHash('the index', 'sha256', entry.sha256, expected.sha256);
  if (expected.sha512 !== undefined && entry.sha512 !== undefined && expected.sha512 !== entry.sha512)
    return words.otherHash('the index', 'sha512', entry.sha512, expected.sha512);
  if (expected.size !== undefined && expected.size !== entry.size)
    return words.otherSize('the index', entry.size, expected.size);
  return undefined;
}

function recordProblem(entry: IndexEntry, there: StoredObject): string | undefined {
  // A web server may omit the length in the answer to HEAD.
  if (!Number.isNaN(there.size) && there.size !== entry.size)
    return words.otherSize('the file', there.size, entry.size);
  if (there.sha256 !== undefined && there.sha256 !== entry.sha256)
    return words.otherHash('the record', 'sha256', there.sha256, entry.sha256);
  return undefined;
}

function hashProblem(expected: Expected, hashed: Hashed): string | undefined {
  if (expected.size !== undefined && hashed.size !== expected.size)
    return words.otherSize('the file', hashed.size, expected.size);
  for (const algorithm of ['sha256', 'sha512'] as const) {
    const want = expected[algorithm];
    if (want !== undefined && want !== hashed[algorithm])
      return words.otherHash('the file', algorithm, hashed[algorithm], want);
  }
  return undefined;
}
