import { sha256 } from '../base/digest.ts';
import { tarArchive } from '../base/files/tar.ts';
import type { ArtifactNeed } from '../component/artifact.ts';
import type { NodePlan, PlannedFile } from '../component/plan.ts';

/** The fields of a rendered file that are needed here. */
interface RenderedFile {
  readonly path: string;
  readonly mode: string;
  readonly content: string;
}

/** The image layer of a node as one archive: the content of a golden image, or one download for a blank node. */
export interface LayerArchive {
  /** Its artifact. The version is the beginning of its digest: different content is a different version. */
  readonly need: ArtifactNeed;
  /** Lower-case hex. */
  readonly sha256: string;
  /** An uncompressed tar archive: a newer compressor would give different bytes, and it is small. */
  readonly content: Buffer;
}

/** Prefix of every artifact that is a node layer archive. */
export const layerArchivePrefix = 'payload-';

/** Whether a file can be in the node layer archive: it is the same on every node of the role. */
export function isInLayerArchive({ layer }: Pick<PlannedFile, 'layer'>): boolean {
  return layer === 'image';
}

/** Packs the rendered files of the image layer, in order of their paths: the same files give the same bytes on any machine. */
export function packLayerArchive({ node }: NodePlan, files: readonly RenderedFile[]): LayerArchive {
  const content = tarArchive(
    files.map(({ path, mode, content: text }) => ({ path: path.slice(1), mode, content: text })),
  );
  const digest = sha256(content);
  return {
    need: { name: `${layerArchivePrefix}${node.role}`, version: digest.slice(0, 16), arch: node.arch },
    sha256: digest,
    content,
  };
}

/** Key of a node layer archive below a mirror's base URL. */
export function layerArchiveKey({ name, version, arch }: ArtifactNeed): string {
  return `${name}/${version}/linux-${arch}/${name}-${version}.tar`;
}
