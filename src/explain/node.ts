import { nodePaths } from '../base/node-paths.ts';
import type { ArtifactNeed } from '../component/artifact.ts';
import type { Layer } from '../component/contract.ts';
import type { PlannedUnit } from '../component/plan.ts';
import { versionSetting } from '../component/profile.ts';
import { encode, gzip } from '../delivery/encode.ts';
import { measure } from '../delivery/limit.ts';
import { deliveredFiles, type RenderedNode } from '../delivery/rendered-node.ts';
import type { ReadCluster } from '../model/read-cluster.ts';
import { clouds } from '../platform/clouds.ts';
import { type BootBranch, bootOrder, bootTree } from '../render/boot-order.ts';
import type { NodeFile } from '../render/node-file.ts';
import { filePath, type Origin, originFinder, packagePath } from './origin.ts';
import { artifactKey, askers } from './purpose.ts';

interface Size {
  readonly raw: number;
  readonly compressed: number;
}

interface ToldFile extends Origin, Size {
  readonly path: string;
  readonly layer: Layer;
  readonly component: string;
  readonly mode: string;
  readonly secret: boolean;
}

interface ToldArtifact extends Origin, ArtifactNeed {
  readonly layer: Layer;
  readonly components: readonly string[];
}

/** The share of a platform's limit that the user-data takes, in the platform's own format. */
interface Budget {
  readonly platform: string;
  readonly format: string;
  readonly bytes: number;
  /** Undefined if the platform has no limit. */
  readonly limit?: number;
}

/** The archive with the files that are not in the user-data. */
interface ToldLayerArchive extends ArtifactNeed {
  readonly sha256: string;
  readonly bytes: number;
  readonly files: number;
}

/** All output of `knode explain` for a node; `--json` prints it unchanged. */
export interface ToldNode {
  readonly node: string;
  readonly role: string;
  readonly userData: Size;
  /** Set if the cluster file asks for a node layer archive. */
  readonly payload?: ToldLayerArchive;
  /** The golden image that it boots from, and how many of its files that contains. */
  readonly image?: { readonly name: string; readonly sha256: string; readonly files: number };
  readonly budget: readonly Budget[];
  readonly files: readonly ToldFile[];
  readonly units: readonly (PlannedUnit & Origin)[];
  readonly packages: readonly (Origin & { name: string; layer: Layer; components: readonly string[] })[];
  readonly artifacts: readonly ToldArtifact[];
  readonly boot: readonly BootBranch[];
}

export function sizeOf(text: string): Size {
  return { raw: Buffer.byteLength(text), compressed: gzip(text).length };
}

function budgetOf(userData: string): Budget[] {
  return clouds.map(({ name, formats: [format], gzipsMime = false, limit }) => {
    const encoded = encode(userData, format, gzipsMime);
    const bytes = measure(encoded, limit ?? { of: 'value' });
    return { platform: name, format, bytes, ...(limit === undefined ? {} : { limit: limit.bytes }) };
  });
}

export function describeFile(file: NodeFile, origin: Origin): ToldFile {
  const { path, layer, component, mode, secret, content } = file;
  return { path, layer, component, mode, secret, ...sizeOf(content), ...origin };
}

/** Packages and programs are the same on every node with these versions: they belong to the image. */
const layer = 'image' as const;

function layerArchiveOf(rendered: RenderedNode): { payload?: ToldLayerArchive } {
  const { layerArchive, files } = rendered;
  if (layerArchive === undefined) return {};
  const count = files.length - deliveredFiles(rendered).length;
  return {
    payload: { ...layerArchive.need, sha256: layerArchive.sha256, bytes: layerArchive.content.length, files: count },
  };
}

function imageOf(rendered: RenderedNode): Pick<ToldNode, 'image'> {
  const { image, files } = rendered;
  if (image === undefined) return {};
  const count = files.length - deliveredFiles(rendered).length;
  return { image: { name: image.name, sha256: image.sha256, files: count } };
}

export function describeNode(rendered: RenderedNode, read: ReadCluster): ToldNode {
  const { plan, files, userData } = rendered;
  const { node, cluster } = plan;
  const origin = originFinder(read);
  const components = askers(plan);
  const fileOrigin = (file: NodeFile) => origin(filePath(file, node));
  const unitFiles = new Map(files.map((file) => [file.path, file]));
  const unitOrigin = (name: string) => {
    const file = unitFiles.get(`${nodePaths.units}/${name}`);
    return file === undefined ? { from: 'default' } : fileOrigin(file);
  };
  const started = plan.units.filter((unit) => unit.start).map((unit) => unit.name);
  return {
    node: node.name,
    role: node.role,
    userData: sizeOf(userData),
    ...layerArchiveOf(rendered),
    ...imageOf(rendered),
    budget: budgetOf(userData),
    files: files.map((file) => describeFile(file, fileOrigin(file))),
    units: plan.units.map((unit) => ({ ...unit, ...unitOrigin(unit.name) })),
    packages: plan.packages.map((name) => {
      const asked = components.get(`package ${name}`) ?? [];
      return { name, layer, components: asked, ...origin(packagePath(cluster, name)) };
    }),
    artifacts: plan.artifacts.map((need) => {
      const asked = components.get(artifactKey(need)) ?? [];
      return { ...need, layer, components: asked, ...origin(versionSetting(need.name)) };
    }),
    boot: bootTree(bootOrder(files, started)),
  };
}
