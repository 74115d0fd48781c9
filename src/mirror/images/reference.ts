import { parseImageReference } from '../../base/image-reference.ts';

/** The scheme under which a lock and the catalogue name an image in a registry: `docker://registry.k8s.io/pause:3.9`. */
const scheme = 'docker://';

/** `docker://registry.k8s.io/pause:3.9`: how a lock says where an image comes from. */
export function imageUrl(reference: string): string {
  return `${scheme}${reference}`;
}

/** The image that a URL of a lock names, or undefined for every other URL. */
export function imageOfUrl(url: string): string | undefined {
  return url.startsWith(scheme) ? url.slice(scheme.length) : undefined;
}

export function isImageUrl(url: string): boolean {
  const reference = imageOfUrl(url);
  return reference !== undefined && parseImageReference(reference) !== undefined;
}

/**
 * Whether a lock pins another image than the one that is wanted. Its file carries the image's name: under another name nobody
 * would find it on a node, however right its bytes are.
 */
export function pinsOtherImage(lockedUrl: string, wantedUrl: string): boolean {
  return imageOfUrl(lockedUrl) !== undefined && imageOfUrl(wantedUrl) !== undefined && lockedUrl !== wantedUrl;
}
