import { sha256 } from '../base/digest.ts';
import { tarArchive } from '../base/files/tar.ts';
import type { ArtifactNeed } from '../component/contract.ts';
import type { NodePlan, PlannedFile } from '../component/plan.ts';

/** What is known of a rendered file here. */
interface RenderedFile {
  readonly path: string;
  readonly mode: string;
  readonly content: string;
}

/** The image layer of a node as one archive: what a golden image holds, and what a blank node can fetch in one piece. */
export interface Payload {
  /** Its name among the artifacts. The version is the beginning of its digest: other content is another version. */
  readonly need: ArtifactNeed;
  /** Lower-case hex. */
  readonly sha256: string;
  /** A tar archive, not compressed: a compressor's next release would give other bytes, and it is small. */
  readonly content: Buffer;
}

/** Every name of an artifact that is a payload begins so. */
export const payloadPrefix = 'payload-';

/** Whether a file can come by the payload: it is the same on every node of the role. */
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

/** Where a payload lies below a mirror's base URL. */
export function payloadKey({ name, version, arch }: ArtifactNeed): string {
  return `${name}/${version}/linux-${arch}/${name}-${version}.tar`;
}
