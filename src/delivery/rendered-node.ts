import type { NodePlan } from '../component/plan.ts';
import { restOf } from '../image/fit.ts';
import type { GoldenImageManifest } from '../image/golden-image-manifest.ts';
import { isInLayerArchive, type LayerArchive } from '../image/layer-archive.ts';
import type { ClusterNode } from '../model/cluster.ts';
import type { NodeFile } from '../render/node-file.ts';

/** A node's bytes are made on request, and kept for the last node only: those of thousands would fill the memory. */
export interface RenderedNode {
  readonly machine: ClusterNode;
  readonly plan: NodePlan;
  /** All of the node's files, whatever their source. */
  readonly files: readonly NodeFile[];
  readonly userData: string;
  /** Holds the files that the node fetches from the mirror, if the cluster file asks for a node layer archive. */
  readonly layerArchive?: LayerArchive | undefined;
  /** The golden image that it boots from: its files are not in the user-data. Takes precedence over an archive. */
  readonly image?: GoldenImageManifest | undefined;
}

/** The parts of a rendered node. */
export type Rendered = Omit<RenderedNode, 'machine'>;

/** The files that are in a node's user-data. */
export function deliveredFiles({ plan, files, layerArchive, image }: Omit<Rendered, 'userData'>): readonly NodeFile[] {
  if (image !== undefined) return restOf(plan, files, image).files;
  if (layerArchive === undefined) return files;
  const elsewhere = new Set(plan.files.filter(isInLayerArchive).map((file) => file.path));
  return files.filter((file) => !elsewhere.has(file.path));
}

function lastOnly<K, V>(make: (key: K) => V): (key: K) => V {
  let last: { readonly key: K; readonly value: V } | undefined;
  return (key) => {
    if (last === undefined || last.key !== key) last = { key, value: make(key) };
    return last.value;
  };
}

function whenAsked(machine: ClusterNode, rendered: (node: ClusterNode) => Rendered): RenderedNode {
  return {
    machine,
    get plan() {
      return rendered(machine).plan;
    },
    get files() {
      return rendered(machine).files;
    },
    get userData() {
      return rendered(machine).userData;
    },
    get layerArchive() {
      return rendered(machine).layerArchive;
    },
    get image() {
      return rendered(machine).image;
    },
  };
}

/** Nodes that are rendered one at a time, on request. */
export function renderedWhenAsked(
  nodes: readonly ClusterNode[],
  render: (node: ClusterNode) => Rendered,
): readonly RenderedNode[] {
  const rendered = lastOnly(render);
  return nodes.map((node) => whenAsked(node, rendered));
}
