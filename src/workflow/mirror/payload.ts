import type { Diagnostic } from '../../base/diagnostic.ts';
import { shippedFile } from '../../base/files/shipped-file.ts';
import type { ArtifactNeed, ResolvedArtifact } from '../../component/artifact.ts';
import type { Materials } from '../../component/contract.ts';
import type { NodePlan } from '../../component/plan.ts';
import type { PayloadStep } from '../../delivery/cloud-init/cloud-config.ts';
import { isInPayload, type Payload, packPayload, payloadKey } from '../../image/payload.ts';
import { artifactId, artifactLabel } from '../../mirror/catalogue/identity.ts';
import type { Lock } from '../../mirror/lock/lock.ts';
import { payloadUrl } from '../../mirror/lock/schema.ts';
import { messages } from '../../mirror/messages.ts';
import type { ClusterNode } from '../../model/cluster.ts';
import { renderPlan } from '../../render/render-plan.ts';

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

/** The payload of a node: the same for every node of a role or pool, whatever its keys. */
export function payloadOf(plan: NodePlan, artifact: (need: ArtifactNeed) => ResolvedArtifact): Payload {
  const files = plan.files.filter(isInPayload);
  return packPayload(plan, renderPlan({ ...plan, files }, imageMaterials(artifact)));
}

/** How a node fetches its payload, from each mirror of the cluster file in turn. */
export function payloadStep({ need, sha256, content }: Payload): PayloadStep {
  const script = shippedFile('templates/user-data/unpack-payload');
  return { script, sha256, size: content.length, key: payloadKey(need) };
}

/** Nodes of one kind differ in their node layer only. */
export function kindOf({ role, pool, arch }: ClusterNode): string {
  return `${role} ${pool?.name ?? ''} ${arch}`;
}

/** One node of each kind. */
export function oneOfEach(nodes: readonly ClusterNode[]): readonly ClusterNode[] {
  return [...new Map(nodes.map((node) => [kindOf(node), node])).values()];
}

/** Without the pin, the payload would not have been put on a mirror. */
export function checkPayloadPinned({ need }: Payload, lock: Lock): Diagnostic[] {
  if (lock.entries.some((entry) => entry.url === payloadUrl && artifactId(entry) === artifactId(need))) return [];
  const message = messages.payloadNotLocked(lock.file, artifactLabel(need));
  return [{ severity: 'error', code: 'payload-not-locked', message, hint: messages.payloadNotLockedHint }];
}
