import type { Materials } from '../component/contract.ts';
import type { NodePlan } from '../component/plan.ts';
import { cloudConfig } from '../delivery/cloud-init/cloud-config.ts';
import { userData } from '../delivery/cloud-init/user-data.ts';
import { deliveredFiles, type Rendered } from '../delivery/rendered-node.ts';
import type { GoldenImageManifest } from '../image/golden-image-manifest.ts';
import type { NodeFile } from '../render/node-file.ts';
import { imageStep } from './image/golden-image.ts';
import { layerArchiveOf, layerArchiveStep } from './mirror/layer-archive.ts';

/** Decides which of a node's files its user-data contains, and how the node gets the others. */
export function renderNode(
  plan: NodePlan,
  files: readonly NodeFile[],
  materials: Materials,
  image: GoldenImageManifest | undefined,
): Rendered {
  if (image !== undefined) {
    const config = cloudConfig(plan, deliveredFiles({ plan, files, image }), undefined, imageStep(image));
    return { plan, files, userData: userData(config), image };
  }
  if (plan.cluster.spec.artifacts.payload === 'user-data')
    return { plan, files, userData: userData(cloudConfig(plan, files)) };
  const layerArchive = layerArchiveOf(plan, materials.artifact);
  const config = cloudConfig(plan, deliveredFiles({ plan, files, layerArchive }), layerArchiveStep(layerArchive));
  return { plan, files, userData: userData(config), layerArchive };
}
