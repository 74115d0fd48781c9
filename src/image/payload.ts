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
export interface Payload {
  /** Its artifact. The version is the beginning of its digest: different content is a different version. */
  readonly need: ArtifactNeed;
  /** Lower-case hex. */
  readonly sha256: string;
  /** An uncompressed tar archive: a newer compressor would give different bytes, and it is small. */
  readonly content: Buffer;
}

/** Prefix of every artifact that is a payload. */
export const payloadPrefix = 'payload-';

/** Whether a file can be in the payload: it is the same on every node of the role. */
export function isInPayload({ layer }: Pick<PlannedFile, 'layer'>): boolean {
  return layer === 'image';
}

/** Packs the rendered files of the image layer, in order of their paths: the same files give the same bytes on any machine. */
export function packPayload({ node }: NodePlan, files: readonly RenderedFile[]): Payload {
  const content = tarArchive(
    files.map(({ path, mode, content: text }) => ({ path: path.slice(1), mode, content: text })),
  );
  const digest = sha256(content);
  return {
    need: { name: `${payloadPrefix}${node.role}`, version: digest.slice(0, 16), arch: node.arch },
    sha256: digest,
    content,
  };
}

/** Key of a payload below a mirror's base URL. */
export function payloadKey({ name, version, arch }: ArtifactNeed): string {
  return `${name}/${version}/linux-${arch}/${name}-${version}.tar`;
}
