import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sha256 } from '../../src/base/digest.ts';
import { writeIndex } from '../../src/mirror/layout/folder-index.ts';
import { parseKey } from '../../src/mirror/layout/keys.ts';
import { emptyIndex, type IndexEntry, mergeIndexes } from '../../src/mirror/layout/layout.ts';
import { stringifyLock } from '../../src/mirror/lock/file.ts';
import type { LockEntry } from '../../src/mirror/lock/schema.ts';

/** Bytes that look random and are the same each time. */
export function noise(size: number, seed: number): Buffer {
  const bytes = Buffer.alloc(Math.ceil(size / 4) * 4);
  let state = seed * 2654435761 + 1;
  for (let at = 0; at < bytes.length; at += 4) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes.writeUInt32LE(state, at);
  }
  return bytes.subarray(0, size);
}

export function entryOf(key: string, content: Uint8Array): IndexEntry {
  const parts = parseKey(key);
  if (parts === undefined) throw new Error(`${key} is no key`);
  return { key, ...parts, size: content.length, sha256: sha256(content) };
}

/** Fills a folder as `mirror pull` does. */
export function fillMirror(folder: string, files: Readonly<Record<string, Uint8Array>>): readonly IndexEntry[] {
  const entries = Object.entries(files).map(([key, content]) => {
    mkdirSync(dirname(join(folder, key)), { recursive: true });
    writeFileSync(join(folder, key), content);
    return entryOf(key, content);
  });
  writeIndex(folder, mergeIndexes(emptyIndex, entries).index);
  return entries;
}

/** A lock that pins these entries, as text. */
export function lockText(entries: readonly IndexEntry[]): string {
  return stringifyLock(
    entries.map(({ key, name, version, arch, size, sha256: checksum }): LockEntry => {
      const url = `https://upstream.example.com/${key}`;
      return { name, version, arch, url, size, algorithm: 'sha256', checksum, checksumFrom: 'user', key };
    }),
  );
}
