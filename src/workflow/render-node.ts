import type { Materials } from '../component/contract.ts';
import type { NodePlan } from '../component/plan.ts';
import { cloudConfig } from '../delivery/cloud-init/cloud-config.ts';
import { userData } from '../delivery/cloud-init/user-data.ts';
import { deliveredFiles, type Rendered } from '../delivery/rendered-node.ts';
import type { ImageManifest } from '../image/manifest.ts';
import type { NodeFile } from '../render/node-file.ts';
import { imageStep } from './boot-image.ts';
import { payloadOf, payloadStep } from './mirror/payload.ts';

/** Decides which of a node's files its user-data contains, and how the node gets the others. */
export function renderNode(
  plan: NodePlan,
  files: readonly NodeFile[],
  materials: Materials,
  image: ImageManifest | undefined,
): Rendered {
  if (image !== undefined) {
    const config = cloudConfig(plan, deliveredFiles({ plan, files, image }), undefined, imageStep(image));
    return { plan, files, userData: userData(config), image };
  }
  if (plan.cluster.spec.artifacts.payload === 'user-data')
    return { plan, files, userData: userData(cloudConfig(plan, files)) };
  const payload = payloadOf(plan, materials.artifact);
  const config = cloudConfig(plan, deliveredFiles({ plan, files, payload }), payloadStep(payload));
  return { plan, files, userData: userData(config), payload };
}
