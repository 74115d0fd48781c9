import { parseImageReference } from '../../base/image-reference.ts';
import { nodePaths } from '../../base/node-paths.ts';
import type { Cluster } from '../../model/cluster.ts';
import { ownArtifactsOf } from '../../model/own-artifacts.ts';
import type { ArtifactNeed } from '../artifact.ts';
import { type Component, type NodeContext, runsPods } from '../context.ts';

/** An image as a file on the mirror; its version is the tag, without the leading `v` of some tags. */
function imageNeed(name: string, image: string, arch: ArtifactNeed['arch']): ArtifactNeed {
  const parsed = parseImageReference(image);
  if (parsed === undefined) throw new Error(`'${image}' has no tag, and no rule said so`);
  return { name, version: parsed.tag.replace(/^v(?=\d)/, ''), arch, image };
}

function clusterImages({ images, spec }: Cluster, arch: ArtifactNeed['arch']): readonly ArtifactNeed[] {
  if (spec.artifacts.images !== 'mirror') return [];
  const pause = imageNeed('pause', images.pause, arch);
  return spec.addons.coreDNS.enabled ? [pause, imageNeed('coredns', images.coreDns, arch)] : [pause];
}

function hasOwnImages({ cluster, node }: NodeContext): boolean {
  return ownArtifactsOf(cluster, node).some((own) => own.format === 'image');
}

/**
 * Container images that nodes get as files: pause and CoreDNS with `artifacts.images: mirror`, and the user's own. They
 * are imported before kubelet starts, and again if kubelet has removed an unused one.
 */
export const containerImages: Component = {
  name: 'container-images',
  purpose: 'imports container images from files, and again when kubelet has removed them',
  contribute(context) {
    if (!runsPods(context)) return undefined;
    const { cluster, node } = context;
    const artifacts = clusterImages(cluster, node.arch);
    if (artifacts.length === 0 && !hasOwnImages(context)) return undefined;
    const from = ['artifacts', 'images'];
    return {
      files: [{ path: `${nodePaths.lib}/images`, layer: 'image', mode: '0755', from, content: { kind: 'static' } }],
      units: [
        { name: 'knode-images.service', layer: 'image', start: true, from, content: { kind: 'static' } },
        { name: 'knode-images.timer', layer: 'image', start: true, from, content: { kind: 'static' } },
      ],
      artifacts,
      environment: { KNODE_RUNTIME: cluster.spec.containerRuntime.type },
    };
  },
};
