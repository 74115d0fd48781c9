import { Document, parseDocument, type YAMLMap, YAMLSeq } from 'yaml';
import { apiVersion } from '../../model/api-version.ts';
import { artifactId, sortedNeeds } from '../catalogue/identity.ts';
import type { ArtifactLock } from './lock.ts';
import type { LockEntry } from './schema.ts';

const defaultHeader = [
  "What this cluster's nodes download, pinned byte by byte: a node runs nothing whose checksum does not stand here.",
  'checksumFrom says where a checksum was learnt: published by upstream, the first download, or the user.',
  'Made to be kept in git and reviewed like code.',
].join('\n');

/** Formats a lock, sorted by name, version and architecture, so that a change shows only the changed lines. */
export function stringifyLock(entries: readonly LockEntry[], header: string = defaultHeader): string {
  const sorted = sortedNeeds(entries);
  const document = new Document({ apiVersion, kind: 'Lock', artifacts: sorted.map(toFile) });
  document.commentBefore = header.replace(/^/gm, ' ');
  for (let i = 1; i < sorted.length; i++) spaceBefore(document.getIn(['artifacts', i]));
  return document.toString({ lineWidth: 0 });
}

/**
 * Rewrites a lock: its header, comments on remaining entries, and the formatting of unchanged entries are kept.
 * @param lock the lock that was read; without one the file is new.
 */
export function renewLock(lock: ArtifactLock | undefined, entries: readonly LockEntry[]): string {
  if (lock?.source === undefined) return stringifyLock(entries);
  // With the plain schema, not the lock's own: new values are quoted as other YAML readers need it.
  const document = parseDocument(lock.source.text);
  const old = document.get('artifacts', true) as YAMLSeq<YAMLMap>;
  const before = new Map(lock.entries.map((entry, index) => [artifactId(entry), { entry, node: old.items[index] }]));
  const list = new YAMLSeq<YAMLMap>();
  list.items = sortedNeeds(entries).map((entry, index) => {
    const { entry: known, node } = before.get(artifactId(entry)) ?? {};
    const same = known !== undefined && JSON.stringify(toFile(known)) === JSON.stringify(toFile(entry));
    const item = same && node !== undefined ? node : (document.createNode(toFile(entry)) as YAMLMap);
    if (node?.commentBefore) item.commentBefore = node.commentBefore;
    item.spaceBefore = index > 0;
    return item;
  });
  list.commentBefore = old.commentBefore ?? null;
  document.set('artifacts', list);
  return document.toString({ lineWidth: 0 });
}

/** An entry with its keys in the order of the file. */
function toFile(entry: LockEntry): Record<string, string | number> {
  const { name, version, arch, url, size, algorithm, checksum, checksumFrom, key } = entry;
  return {
    name,
    version,
    arch,
    url,
    ...(size !== undefined && { size }),
    [algorithm]: checksum,
    checksumFrom,
    ...(key !== undefined && { key }),
  };
}

function spaceBefore(node: unknown): void {
  (node as { spaceBefore?: boolean }).spaceBefore = true;
}
