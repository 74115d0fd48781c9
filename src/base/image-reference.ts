import { isArtifactVersion } from './safe-text.ts';

/** The parts of an image reference, normalised as container runtimes do. */
export interface ImageReference {
  /** `registry.k8s.io`, `docker.io`, `127.0.0.1:5000`. */
  readonly host: string;
  /** `coredns/coredns`, `library/busybox`. */
  readonly repository: string;
  readonly tag: string;
  /** `docker.io/library/busybox:1.36`: the name under which containerd stores an image, and which CRI requests. */
  readonly canonical: string;
}

const label = '[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?';
const hostPattern = new RegExp(`^(${label}(\\.${label})*|\\[[0-9a-fA-F:]+\\])(:\\d{1,5})?$`);
const step = '[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*';
const repositoryPattern = new RegExp(`^${step}(/${step})*$`);

/**
 * Parses a reference with a tag (github.com/distribution/reference: the first step is a host when it has a dot or a
 * colon, or is localhost; `latest` is the default tag). References with a digest are not accepted: a file is pinned by
 * its own checksum.
 * @returns undefined if the text is not such a reference.
 */
export function parseImageReference(text: string): ImageReference | undefined {
  const first = text.split('/')[0] ?? '';
  const hasHost = text.includes('/') && (/[.:]/.test(first) || first === 'localhost');
  const host = hasHost ? first.replace(/^index\.docker\.io$/, 'docker.io') : 'docker.io';
  const rest = hasHost ? text.slice(first.length + 1) : text;
  const [, path = '', tag = 'latest'] = /^([^:@]+)(?::([^:@/]+))?$/.exec(rest) ?? [];
  const repository = host === 'docker.io' && !path.includes('/') ? `library/${path}` : path;
  // The tag becomes a version in the mirror's layout, which is stricter than tags are.
  if (!hostPattern.test(host) || !repositoryPattern.test(repository) || !isArtifactVersion(tag)) return undefined;
  return { host, repository, tag, canonical: `${host}/${repository}:${tag}` };
}
