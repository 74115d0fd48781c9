import type { Diagnostic } from '../../base/diagnostic.ts';
import { shippedFile } from '../../base/files/shipped-file.ts';
import type { ArtifactNeed, ResolvedArtifact } from '../../component/artifact.ts';
import type { Materials } from '../../component/contract.ts';
import type { NodePlan } from '../../component/plan.ts';
import type { LayerArchiveStep } from '../../delivery/cloud-init/cloud-config.ts';
import { isInLayerArchive, type LayerArchive, layerArchiveKey, packLayerArchive } from '../../image/layer-archive.ts';
import { artifactId, artifactLabel } from '../../mirror/catalogue/identity.ts';
import type { ArtifactLock } from '../../mirror/lock/lock.ts';
import { layerArchiveUrl } from '../../mirror/lock/schema.ts';
import type { ClusterNode } from '../../model/cluster.ts';
import { renderPlan } from '../../render/render-plan.ts';
import { say } from './messages.ts';

function missing(): never {
  throw new Error('the image layer asks for key material');
}

/** Materials for the image layer: artifacts, and nothing secret or from the user. */
export function imageMaterials(artifact: (need: ArtifactNeed) => ResolvedArtifact): Materials {
  return {
    artifact,
    certificate: missing,
    privateKey: missing,
    authority: missing,
    serviceAccount: missing,
    passport: missing,
    passportKey: missing,
    secret: missing,
    lasts: missing,
    source: missing,
  };
}

/** The layer archive of a node: the same for every node of a role or pool, whatever its keys. */
export function layerArchiveOf(plan: NodePlan, artifact: (need: ArtifactNeed) => ResolvedArtifact): LayerArchive {
  const files = plan.files.filter(isInLayerArchive);
  return packLayerArchive(plan, renderPlan({ ...plan, files }, imageMaterials(artifact)));
}

/** How a node fetches its layer archive, from each mirror of the cluster file in turn. */
export function layerArchiveStep({ need, sha256, content }: LayerArchive): LayerArchiveStep {
  const script = shippedFile('templates/user-data/unpack-layer-archive');
  return { script, sha256, size: content.length, key: layerArchiveKey(need) };
}

/** Nodes of one kind differ in their node layer only. */
export function kindOf({ role, pool, arch }: ClusterNode): string {
  return `${role} ${pool?.name ?? ''} ${arch}`;
}

/** One node of each kind. */
export function oneOfEach(nodes: readonly ClusterNode[]): readonly ClusterNode[] {
  return [...new Map(nodes.map((node) => [kindOf(node), node])).values()];
}

/** Without the pin, the archive would not have been put on a mirror. */
export function checkLayerArchivePinned({ need }: LayerArchive, lock: ArtifactLock): Diagnostic[] {
  if (lock.entries.some((entry) => entry.url === layerArchiveUrl && artifactId(entry) === artifactId(need))) return [];
  return [{ severity: 'error', ...say('payload-not-locked', { file: lock.file, label: artifactLabel(need) }) }];
}
