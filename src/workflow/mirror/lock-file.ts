import { dirname, join } from 'node:path';
import { mistake, UserMistake } from '../../base/failure.ts';
import { loadCatalogue } from '../../mirror/catalogue/catalogue.ts';
import { artifactLabel } from '../../mirror/catalogue/identity.ts';
import { artifactKey } from '../../mirror/layout/layout.ts';
import { type ArtifactLock, lockFileName, readLock } from '../../mirror/lock/lock.ts';
import type { LockEntry } from '../../mirror/lock/schema.ts';

import { say } from './messages.ts';

/** The lock's path: `--lock`, or beside the cluster file. */
export function lockFileOf({ file, lock }: { readonly file: string; readonly lock?: string }): string {
  return lock ?? join(dirname(file), lockFileName);
}

/**
 * A lock; undefined if there is none.
 * @throws UserMistake with every mistake in it.
 */
export function lockIfThere(file: string): ArtifactLock | undefined {
  const { value, diagnostics } = readLock(file);
  if (diagnostics.length > 0) throw new UserMistake(diagnostics);
  return value;
}

/** A lock that must exist. */
export function demandLock(file: string): ArtifactLock {
  const lock = lockIfThere(file);
  if (lock !== undefined) return lock;
  throw mistake(say('no-lock/file', { file }));
}

/** Key of a locked artifact in a mirror. */
export function keyOf(entry: LockEntry): string {
  try {
    return artifactKey(entry, loadCatalogue());
  } catch {
    throw mistake(say('no-key', { label: artifactLabel(entry) }));
  }
}
