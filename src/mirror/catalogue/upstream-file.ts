import { isArtifactVersion, isRelativePath } from '../../base/safe-text.ts';
import type { ArtifactNeed, ResolvedArtifact } from '../../component/artifact.ts';
import { imageUrl } from '../container-images/reference.ts';
import type { Catalogue, CatalogueEntry } from './catalogue.ts';
import { artifactId, artifactLabel, inRange } from './identity.ts';

/** The catalogue's data on one version of an artifact: everything except the checksum itself. */
export interface UpstreamFile {
  /** http(s), `docker://` of an image, or `file:` of the user's own file. */
  readonly url: string;
  readonly key: string;
  readonly format: ResolvedArtifact['format'];
  readonly members: ResolvedArtifact['members'];
  /** Where upstream publishes the checksum of this version; undefined if it does not. */
  readonly published?: { readonly algorithm: 'sha256' | 'sha512'; readonly url: string };
  /** Data of the cluster file on one of the user's own artifacts. */
  readonly own?: { readonly sha256: string };
}

/** Fills the templates of a catalogue entry. An unknown artifact is a bug of the component that requested it. */
export function upstreamFile(need: ArtifactNeed, catalogue: Catalogue): UpstreamFile {
  const entry = catalogue.get(artifactId(need)) ?? catalogue.get(need.name);
  if (entry === undefined) throw new Error(`no artifacts/${need.name}.yaml for the artifact ${artifactLabel(need)}`);
  if (!isArtifactVersion(need.version)) throw new Error(`'${need.version}' is not a version of ${need.name}`);
  const url = need.image === undefined ? fill(entry.url, need, entry) : imageUrl(need.image);
  const published = entry.checksums.find((checksum) => inRange(need.version, checksum));
  return {
    url,
    key: mirrorKey(need, url),
    format: entry.format,
    members: entry.members
      .filter((member) => inRange(need.version, member))
      .map(({ from, to, mode }) => ({ from: fill(from, need, entry), to, mode })),
    ...(published && {
      published: { algorithm: published.algorithm, url: fill(published.url, need, entry).replaceAll('{url}', url) },
    }),
    ...(entry.own && { own: entry.own }),
  };
}

/** Key below a mirror's base URL. The file keeps upstream's name, which checksum lists use; an image has none. */
export function mirrorKey(need: ArtifactNeed, url: string): string {
  const file = url.startsWith('docker://') ? `${need.name}-${need.version}.tar` : url.slice(url.lastIndexOf('/') + 1);
  const key = `${need.name}/${need.version}/linux-${need.arch}/${file.replace(/^file:/, '')}`;
  if (!isRelativePath(key)) throw new Error(`'${key}' cannot be a key of a mirror`);
  return key;
}

function fill(template: string, need: ArtifactNeed, entry: CatalogueEntry): string {
  return template.replaceAll('{version}', need.version).replaceAll('{arch}', entry.arch[need.arch]);
}
