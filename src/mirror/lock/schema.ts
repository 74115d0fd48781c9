import * as z from 'zod';
import { isArtifactName, isArtifactVersion, isPlainUrl, isRelativePath } from '../../base/safe-text.ts';
import type { ArtifactNeed } from '../../component/artifact.ts';
import { apiVersion } from '../../model/api-version.ts';
import { isImageUrl } from '../container-images/reference.ts';
import { isOwnKey } from '../layout/keys.ts';
import { messages } from '../messages.ts';

/** The URL of artifacts that knode makes from the cluster file: the node layer archives. */
export const layerArchiveUrl = 'knode:payload';

/** Every scalar of a lock is read as text (YAML's failsafe schema): `1.10` stays a version, `12e5` a checksum. */
const text = z.string();

const checksum = (algorithm: string, digits: number) =>
  text
    .refine((hex) => new RegExp(`^[0-9a-fA-F]{${digits}}$`).test(hex), messages.notHex(algorithm, digits))
    .transform((hex) => hex.toLowerCase());

export const lockEntrySchema = z.strictObject({
  name: text.refine(isArtifactName, messages.notAName),
  version: text.refine(isArtifactVersion, messages.notAVersion),
  arch: z.enum(['amd64', 'arm64']),
  url: text.refine(
    (url) => (isPlainUrl(url) && !url.includes('?')) || isImageUrl(url) || isFileUrl(url) || url === layerArchiveUrl,
    messages.notAUrl,
  ),
  size: text
    .regex(/^\d{1,15}$/, messages.notASize)
    .transform(Number)
    .optional(),
  sha256: checksum('sha256', 64).optional(),
  sha512: checksum('sha512', 128).optional(),
  checksumFrom: z.enum(['published', 'first-download', 'user', 'knode']),
  key: text
    .refine(isRelativePath, messages.notAKey)
    .refine((key) => !isOwnKey(key), messages.ownKey)
    .optional(),
});

export const lockSchema = z.strictObject({
  apiVersion: z.literal(apiVersion),
  kind: z.literal('Lock'),
  artifacts: z.array(lockEntrySchema.superRefine(oneChecksum)),
});

/** One of the user's own files, relative to the cluster file: `file:build/agent`. */
function isFileUrl(url: string): boolean {
  return /^file:[^\p{Cc}]+$/u.test(url) && isRelativePath(url.slice('file:'.length).split('/').at(-1) ?? '');
}

function oneChecksum(
  entry: { sha256?: string | undefined; sha512?: string | undefined },
  context: z.RefinementCtx,
): void {
  const count = Number(entry.sha256 !== undefined) + Number(entry.sha512 !== undefined);
  if (count !== 1)
    context.addIssue({ code: 'custom', message: count === 0 ? messages.noChecksum : messages.twoChecksums });
}

/**
 * Origin of a checksum: upstream's checksum file, the hash of a download, the user, or knode itself, which made the
 * bytes.
 */
export type ChecksumOrigin = z.infer<typeof lockEntrySchema>['checksumFrom'];

/** One pinned artifact. In the file the checksum's key is the name of its algorithm. */
export interface LockEntry extends ArtifactNeed {
  /**
   * http(s), `docker://` of an image in its registry, `file:` of the user's own file, relative to the cluster file, or
   * `layerArchiveUrl`.
   */
  readonly url: string;
  /** Size in bytes, if known. */
  readonly size?: number;
  readonly algorithm: 'sha256' | 'sha512';
  /** Lower-case hex. */
  readonly checksum: string;
  readonly checksumFrom: ChecksumOrigin;
  /** The key below a mirror's base URL. The catalogue's, if a lock of an older knode has none. */
  readonly key?: string;
}

/** Converts a validated entry of the file into an entry of the lock. */
export function toLockEntry(parsed: z.infer<typeof lockEntrySchema>): LockEntry {
  const { sha256, sha512, size, key, ...rest } = parsed;
  const algorithm = sha512 === undefined ? 'sha256' : 'sha512';
  return {
    ...rest,
    algorithm,
    checksum: sha512 ?? sha256 ?? '',
    ...(size !== undefined && { size }),
    ...(key !== undefined && { key }),
  };
}
