import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Diagnostic } from '../../base/diagnostic.ts';
import { hashStored } from '../../object-store/hash-stored.ts';
import type { Store } from '../../object-store/store.ts';
import type { IndexEntry, MirrorIndex } from '../layout/layout.ts';
import { inParallel } from '../parallel.ts';
import { pushMessages, say } from './messages.ts';

/** The action of a push for one file, and the object now in its place. */
export interface PlannedPush {
  readonly entry: IndexEntry;
  readonly state: 'missing' | 'same' | 'differs';
  readonly there?: { readonly size: number; readonly sha256?: string };
}

/** Concurrent requests; they are small. */
const questions = 16;

/**
 * Compares an index with the content of a store: by size, and by the sha256 that was recorded when the object was
 * written. An object without one (put there by other means) is read and hashed. ETags are not used: the ETag of a
 * multipart upload is not a hash of the file.
 */
export function planPush(index: MirrorIndex, store: Store): Promise<readonly PlannedPush[]> {
  // Not by a list: a bucket may hold a million other objects.
  return inParallel(index.artifacts, questions, (entry) => compareStored(entry, store));
}

/** Compares one object with its entry. */
export async function compareStored(entry: IndexEntry, store: Store): Promise<PlannedPush> {
  const there = await store.head(entry.key);
  if (there === undefined) return { entry, state: 'missing' };
  const { size } = there;
  if (size !== entry.size) return { entry, state: 'differs', there };
  const sha256 = there.sha256 ?? (await hashStored(store, entry.key, () => undefined))?.sha256;
  if (sha256 === undefined) return { entry, state: 'missing' };
  return { entry, state: sha256 === entry.sha256 ? 'same' : 'differs', there: { size, sha256 } };
}

/** All obstacles of a plan: files of the folder that cannot be pushed, objects that must not change. */
export async function planProblems(
  plan: readonly PlannedPush[],
  { folder, place, replace }: { readonly folder: string; readonly place: string; readonly replace: boolean },
): Promise<readonly Diagnostic[]> {
  const found: Diagnostic[] = [];
  for (const one of plan) {
    if (one.state === 'same') continue;
    const problem = await fileProblem(folder, one.entry);
    if (problem !== undefined) found.push(problem);
    if (one.state === 'differs' && !replace) found.push(differs(one, place));
  }
  return found;
}

export function differs({ entry, there }: PlannedPush, place: string): Diagnostic {
  const [have, want] = [
    pushMessages.bytesAndHash(there?.size ?? 0, there?.sha256),
    pushMessages.bytesAndHash(entry.size, entry.sha256),
  ];
  return { severity: 'error', ...say('mirror-object-differs', { place: `${place}${entry.key}`, have, want }) };
}

async function fileProblem(folder: string, { key, size }: IndexEntry): Promise<Diagnostic | undefined> {
  const path = join(folder, key);
  const info = await stat(path).catch(() => undefined);
  const message = !info?.isFile()
    ? pushMessages.fileMissing(path)
    : info.size === size
      ? undefined
      : pushMessages.fileOtherSize(path, info.size, size);
  if (message === undefined) return undefined;
  return { severity: 'error', code: 'mirror-file-wrong', message, hint: pushMessages.fileHint };
}
