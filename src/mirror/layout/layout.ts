import * as z from 'zod';
import type { Report } from '../../base/diagnostic.ts';
import { isArtifactName, isArtifactVersion } from '../../base/safe-text.ts';
import { apiVersion } from '../../model/api-version.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { mirrorKey, upstreamFile } from '../catalogue/upstream-file.ts';
import type { LockEntry } from '../lock/schema.ts';
import { indexKey, isArtifactKey, sumsKey } from './keys.ts';
import { layoutMessages } from './messages.ts';

/** `Cache-Control` of files that never change, and of those that clients must revalidate. */
const immutable = 'public, max-age=31536000, immutable';

/** An index of everything that knode knows today has 100 kB; a larger answer than this is not an index. */
export const maxIndexBytes = 16 * 1024 * 1024;

const indexEntrySchema = z.strictObject({
  key: z.string().refine(isArtifactKey, layoutMessages.notAKey),
  name: z.string().refine(isArtifactName, layoutMessages.notAName),
  version: z.string().refine(isArtifactVersion, layoutMessages.notAVersion),
  arch: z.enum(['amd64', 'arm64']),
  size: z.int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, layoutMessages.notSha256),
  /** Beside sha256, if the lock pins by it. */
  sha512: z
    .string()
    .regex(/^[0-9a-f]{128}$/, layoutMessages.notSha512)
    .optional(),
});

const indexSchema = z.strictObject({
  apiVersion: z.literal(apiVersion),
  kind: z.literal('MirrorIndex'),
  artifacts: z.array(indexEntrySchema),
});

/** One file of a mirror. Its sha256 is always known, even if the lock pins by sha512. */
export type IndexEntry = Readonly<z.infer<typeof indexEntrySchema>>;

/** Content of a mirror, sorted by key, each key once. */
export interface MirrorIndex {
  readonly artifacts: readonly IndexEntry[];
}

export const emptyIndex: MirrorIndex = { artifacts: [] };

/**
 * Key of a locked artifact below a mirror's base: the lock's, the catalogue's, or derived from its URL in the same way.
 */
export function artifactKey(entry: LockEntry, catalogue: Catalogue): string {
  if (entry.key !== undefined) return entry.key;
  return catalogue.has(entry.name) ? upstreamFile(entry, catalogue).key : mirrorKey(entry, entry.url);
}

/**
 * The index entry for a locked artifact. `measured` comes from its bytes: a lock may lack the size and pin by sha512.
 */
export function indexEntry(
  entry: LockEntry,
  key: string,
  measured: { readonly size: number; readonly sha256: string },
): IndexEntry {
  const { name, version, arch, algorithm, checksum } = entry;
  const { size, sha256 } = measured;
  return { key, name, version, arch, size, sha256, ...(algorithm === 'sha512' && { sha512: checksum }) };
}

/** Two entries with the same key and different bytes. */
export interface IndexConflict {
  readonly before: IndexEntry;
  readonly after: IndexEntry;
}

/**
 * Merges indexes; several locks share a mirror, so entries that are not in `added` stay. `added` has priority;
 * `conflicts` lists keys whose bytes changed.
 */
export function mergeIndexes(
  base: MirrorIndex,
  added: readonly IndexEntry[],
): { readonly index: MirrorIndex; readonly conflicts: readonly IndexConflict[] } {
  const byKey = new Map(base.artifacts.map((entry) => [entry.key, entry]));
  const conflicts: IndexConflict[] = [];
  for (const after of added) {
    const before = byKey.get(after.key);
    if (before !== undefined && before.sha256 !== after.sha256) conflicts.push({ before, after });
    // Keeps a sha512 that another lock has verified for the same bytes.
    const sha512 = after.sha512 ?? (before?.sha256 === after.sha256 ? before.sha512 : undefined);
    byKey.set(after.key, { ...after, ...(sha512 !== undefined && { sha512 }) });
  }
  return { index: { artifacts: sorted([...byKey.values()]) }, conflicts };
}

function sorted(entries: readonly IndexEntry[]): IndexEntry[] {
  return entries.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

/** `index.json`: the same entries give the same bytes. One line per artifact, for diffs and grep. */
export function indexText(index: MirrorIndex): string {
  const lines = sorted(index.artifacts).map(({ key, name, version, arch, size, sha256, sha512 }) =>
    JSON.stringify({ key, name, version, arch, size, sha256, sha512 }),
  );
  const list = lines.length === 0 ? '[]' : `[\n    ${lines.join(',\n    ')}\n  ]`;
  return `{\n  "apiVersion": "${apiVersion}",\n  "kind": "MirrorIndex",\n  "artifacts": ${list}\n}\n`;
}

/** `SHA256SUMS`, for `sha256sum -c` in the mirror's folder. */
export function sumsText(index: MirrorIndex): string {
  return sorted(index.artifacts)
    .map(({ sha256, key }) => `${sha256}  ${key}\n`)
    .join('');
}

/** Parses an index of unknown origin; `place` names it in messages. */
export function parseIndex(text: string, place: string): Report<MirrorIndex> {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return broken(layoutMessages.notJson(place));
  }
  const parsed = indexSchema.safeParse(data);
  if (!parsed.success) {
    const [first] = parsed.error.issues;
    return broken(layoutMessages.notAnIndex(place, first?.path.join('.') ?? '', first?.message ?? ''));
  }
  const clash = keyClash(parsed.data.artifacts.map((entry) => entry.key));
  if (clash !== undefined) return broken(layoutMessages.keyClash(place, clash));
  return { value: { artifacts: sorted(parsed.data.artifacts) }, diagnostics: [] };
}

/** A duplicate key, or one that another key needs as its folder: no folder could hold both. */
function keyClash(keys: readonly string[]): string | undefined {
  const seen = new Set<string>();
  const folders = new Set<string>();
  for (const key of keys) {
    if (seen.has(key)) return key;
    seen.add(key);
    for (let at = key.indexOf('/'); at !== -1; at = key.indexOf('/', at + 1)) folders.add(key.slice(0, at));
  }
  return keys.find((key) => folders.has(key));
}

export function broken(message: string): Report<MirrorIndex> {
  return {
    diagnostics: [{ severity: 'error', code: 'mirror-index-broken', message, hint: layoutMessages.brokenHint }],
  };
}

/** `Cache-Control` of a key. */
export function cacheControl(key: string): string {
  return key === indexKey || key === sumsKey ? 'no-cache' : immutable;
}

const contentTypes: readonly (readonly [RegExp, string])[] = [
  [/\.(tar\.gz|tgz|gz)$/, 'application/gzip'],
  [/\.(tar\.xz|txz|xz)$/, 'application/x-xz'],
  [/\.(tar\.zst|zst)$/, 'application/zstd'],
  [/\.tar$/, 'application/x-tar'],
  [/\.zip$/, 'application/zip'],
  [/\.json$/, 'application/json'],
  [/(^|\/)SHA(256|512)SUMS$|\.(txt|ya?ml|sha256|sha512|sha256sum)$/, 'text/plain; charset=utf-8'],
];

/** `Content-Type` of a key. Never a compressed `Content-Encoding`: clients must get the bytes that the lock pins. */
export function contentType(key: string): string {
  return contentTypes.find(([pattern]) => pattern.test(key))?.[1] ?? 'application/octet-stream';
}
