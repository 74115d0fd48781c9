import { parseImageReference } from '../../base/image-reference.ts';

/** The scheme for an image in a registry, in a lock and the catalogue: `docker://registry.k8s.io/pause:3.9`. */
const scheme = 'docker://';

/** `docker://registry.k8s.io/pause:3.9`: the source of an image in a lock. */
export function imageUrl(reference: string): string {
  return `${scheme}${reference}`;
}

/** The image that a lock's URL names; undefined for every other URL. */
export function imageOfUrl(url: string): string | undefined {
  return url.startsWith(scheme) ? url.slice(scheme.length) : undefined;
}

export function isImageUrl(url: string): boolean {
  const reference = imageOfUrl(url);
  return reference !== undefined && parseImageReference(reference) !== undefined;
}

/**
 * Whether a lock pins a different image than the one needed. The file contains the image's name: under another name
 * nodes would not find it, even if its bytes are right.
 */
export function pinsOtherImage(lockedUrl: string, wantedUrl: string): boolean {
  return imageOfUrl(lockedUrl) !== undefined && imageOfUrl(wantedUrl) !== undefined && lockedUrl !== wantedUrl;
}
