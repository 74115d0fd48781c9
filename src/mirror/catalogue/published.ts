import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { packagePath } from '../../base/files/package-root.ts';
import type { ArtifactNeed } from '../../component/artifact.ts';
import type { LockEntry } from '../lock/schema.ts';
import { loadCatalogue } from './catalogue.ts';
import { sortedNeeds } from './identity.ts';
import { upstreamFile } from './upstream-file.ts';

const checksum = z.string().regex(/^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/);

/** `facts/checksums.json`: name, version and architecture to checksum. */
const checksumsSchema = z.strictObject({
  source: z.string(),
  checksums: z.record(z.string(), z.record(z.string(), z.strictObject({ amd64: checksum, arm64: checksum }))),
});

type Checksums = z.infer<typeof checksumsSchema>['checksums'];

let shipped: Checksums | undefined;

/** The checksums that ship with knode, for the versions that `knode init` proposes. Read once. */
function shippedChecksums(): Checksums {
  shipped ??= checksumsSchema.parse(JSON.parse(readFileSync(packagePath('facts', 'checksums.json'), 'utf8'))).checksums;
  return shipped;
}

/** Lock entries for the artifacts whose checksums ship with knode. Artifacts without one are left out. */
export function publishedLockEntries(needs: readonly ArtifactNeed[]): LockEntry[] {
  return sortedNeeds(needs).flatMap((need) => {
    const found = shippedChecksums()[need.name]?.[need.version]?.[need.arch];
    return found === undefined ? [] : [lockEntry(need, found)];
  });
}

/** If upstream publishes no checksum file, the value was computed from upstream's file when it was added here. */
function lockEntry({ name, version, arch }: ArtifactNeed, tagged: string): LockEntry {
  const [algorithm, hex = ''] = tagged.split(':');
  const { url, published } = upstreamFile({ name, version, arch }, loadCatalogue());
  const checksumFrom = published ? 'published' : 'first-download';
  return {
    name,
    version,
    arch,
    url,
    algorithm: algorithm === 'sha512' ? 'sha512' : 'sha256',
    checksum: hex,
    checksumFrom,
  };
}
