import { isArtifactName, isArtifactVersion, isRelativePath } from '../../base/safe-text.ts';

/**
 * A mirror, in a folder, behind a web server or in a bucket, is the same tree of keys:
 *
 *     NAME/VERSION/linux-ARCH/FILE   the artifacts, FILE as upstream names it; they never change
 *     SHA256SUMS                     for `sha256sum -c`
 *     index.json                     the list of files; written last, so it never names a missing file
 */
export const indexKey = 'index.json';
export const sumsKey = 'SHA256SUMS';

/** Whether a key is one of the mirror's own files, or would be below one. */
export function isOwnKey(key: string): boolean {
  return [indexKey, sumsKey].some((own) => key === own || key.startsWith(`${own}/`));
}

/** Whether a key may name an artifact: a plain relative path that is not one of the mirror's own files. */
export function isArtifactKey(key: string): boolean {
  return isRelativePath(key) && !isOwnKey(key);
}

export interface ArtifactKeyParts {
  readonly name: string;
  readonly version: string;
  readonly arch: 'amd64' | 'arm64';
}

/** Parts of a key that follows the layout; undefined for a file that knode did not name. */
export function parseKey(key: string): ArtifactKeyParts | undefined {
  const [, name, version, arch] = /^([^/]+)\/([^/]+)\/linux-(amd64|arm64)\/[^/]+$/.exec(key) ?? [];
  if (name === undefined || version === undefined || !isArtifactKey(key)) return undefined;
  if (!isArtifactName(name) || !isArtifactVersion(version)) return undefined;
  return { name, version, arch: arch === 'arm64' ? 'arm64' : 'amd64' };
}
