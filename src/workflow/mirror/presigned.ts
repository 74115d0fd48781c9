import { mistake } from '../../base/failure.ts';
import { nodePaths } from '../../base/node-paths.ts';
import { ofOption } from '../../base/option-mistakes.ts';
import type { ResolvedArtifact } from '../../component/artifact.ts';

import { withPresigned } from '../../mirror/presigned.ts';
import type { NodeFile } from '../../render/node-file.ts';
import type { PresignedFile } from '../render-inputs.ts';
import { demand, type Session } from '../session.ts';
import { say } from './messages.ts';

/**
 * `render --presigned FILE`: the artifacts with the URLs of that file.
 * @throws UserMistake if some are missing, or the URLs have expired.
 */
export function presignedArtifacts(
  artifacts: ReadonlyMap<string, ResolvedArtifact>,
  session: Session,
  presigned: PresignedFile,
): ReadonlyMap<string, ResolvedArtifact> {
  return ofOption('--presigned', () => {
    if (session.read.cluster.spec.artifacts.payload !== 'user-data') throw mistake(say('presigned-payload'));
    return demand(withPresigned(artifacts, presigned, { file: presigned.file, now: session.clock.now() }), session);
  });
}

/**
 * A presigned URL grants access to everybody who has it: the list is then a secret of this node, and never part of an
 * image.
 */
export function guardPresigned(files: readonly NodeFile[]): readonly NodeFile[] {
  return files.map((file) =>
    file.path === nodePaths.artifactsList ? { ...file, mode: '0600', layer: 'node', secret: true } : file,
  );
}
