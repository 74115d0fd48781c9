import { Document, type Scalar } from 'yaml';
import { sortedNeeds } from './identity.ts';
import type { LockEntry } from './lock-schema.ts';

const defaultHeader = [
  "What this cluster's nodes download, pinned byte by byte: a node runs nothing whose checksum does not stand here.",
  'checksumFrom says where a checksum was learnt: published by upstream, the first download, or the user.',
  'Made to be kept in git and reviewed like code.',
].join('\n');

/** An entry that a lock lacks. Without a checksum it is still to be completed; `comment` says where to find it. */
export type UnfinishedEntry = Omit<LockEntry, 'checksum'> & { readonly checksum?: string; readonly comment: string };

/** Writes a lock: sorted by name, version and architecture, so that a change shows as the lines that changed. */
export function stringifyLock(entries: readonly LockEntry[], header: string = defaultHeader): string {
  const sorted = sortedNeeds(entries);
  const document = new Document({ apiVersion: 'knode.dev/v1', kind: 'Lock', artifacts: sorted.map(toFile) });
  document.commentBefore = header.replace(/^/gm, ' ');
  for (let i = 1; i < sorted.length; i++) spaceBefore(document.getIn(['artifacts', i]));
  return document.toString({ lineWidth: 0 });
}

/** The same lines for entries that a lock lacks, to be pasted and, where no checksum is known, completed by hand; `whole` writes a complete file. */
export function stringifyUnfinished(entries: readonly UnfinishedEntry[], whole: boolean): string {
  const artifacts = sortedNeeds(entries).map((entry) => toFile({ ...entry, checksum: entry.checksum ?? '' }));
  const document = new Document(whole ? { apiVersion: 'knode.dev/v1', kind: 'Lock', artifacts } : { artifacts });
  for (const [index, entry] of sortedNeeds(entries).entries()) {
    if (entry.checksum !== undefined) continue;
    const node = document.createNode(null) as Scalar;
    node.comment = ` ${entry.comment}`;
    document.setIn(['artifacts', index, entry.algorithm], node);
  }
  const text = document.toString({ lineWidth: 0, nullStr: '' });
  return whole ? text : text.slice(text.indexOf('\n') + 1);
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
