import { sha256 } from '../base/digest.ts';
import { tarArchive } from '../base/files/tar.ts';
import { nodePaths } from '../base/node-paths.ts';
import { openUrl } from '../base/secret-url.ts';
import type { ResolvedArtifact } from '../component/artifact.ts';
import type { Layer } from '../component/contract.ts';
import type { NodePlan, PlannedFile } from '../component/plan.ts';
import { dataDirectory } from '../model/data-directories.ts';
import type { ImageHead } from './golden-image-manifest.ts';

export type BakedLayer = Exclude<Layer, 'node'>;

interface RenderedFile {
  readonly path: string;
  readonly mode: string;
  readonly content: string;
}

/** Whether an image of these layers contains a file. Never a secret, and never a file that belongs to one node. */
export function isBaked(
  { layer, secret }: Pick<PlannedFile, 'layer' | 'secret'>,
  layers: readonly BakedLayer[],
): boolean {
  return !secret && layer !== 'node' && layers.includes(layer);
}

/** The files that are equal on all nodes, by path: files that differ come with the user-data. */
export function commonFiles(trees: readonly (readonly RenderedFile[])[]): readonly RenderedFile[] {
  const found = new Map<string, RenderedFile | undefined>();
  for (const file of trees.flat()) {
    const other = found.get(file.path);
    const same = !found.has(file.path) || (other?.content === file.content && other.mode === file.mode);
    found.set(file.path, same ? file : undefined);
  }
  const agreed = [...found.values()].filter((file) => file !== undefined);
  return agreed.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Input for the bake of an image. */
export interface BakeInput {
  readonly plans: readonly NodePlan[];
  /** The files of the chosen layers, for each plan. */
  readonly trees: readonly (readonly RenderedFile[])[];
  /** Every program that one of the plans needs, once, sorted like the lock. */
  readonly artifacts: readonly ResolvedArtifact[];
  /** The artifacts as the list for the fetch script. */
  readonly artifactsList: string;
  /** Sizes of the artifacts in bytes, if the lock has them. */
  readonly sizes: readonly (number | undefined)[];
}

export interface BakePayload {
  /** Relative to the folder that Packer builds. */
  readonly files: readonly { readonly path: string; readonly content: string | Uint8Array; readonly mode: string }[];
  /**
   * Digest of everything that decides the image's content; the information on its origin is not part of it. Lower-case
   * hex.
   */
  readonly digest: string;
}

const mib = 1024 * 1024;
/** Assumed size of an artifact of unknown size; the largest ones, archives of container programs, are not larger. */
const guess = 100 * mib;

/**
 * An archive, its unpacked content, and the installed copy are on the disk at the same time, and there are packages.
 */
function neededMib(sizes: readonly (number | undefined)[]): number {
  return 512 + Math.ceil(sizes.reduce<number>((sum, size) => sum + 3 * (size ?? guess), 0) / mib);
}

/** The runtime that imports container images during the bake: that of the nodes, if its data is in the image. */
function imagesInto(plans: readonly NodePlan[]): string {
  const taking = plans.filter((plan) => plan.units.some((unit) => unit.name === 'knode-images.service'));
  const [first] = taking;
  if (first === undefined) return '';
  const { type } = first.cluster.spec.containerRuntime;
  const inImage = ({ cluster, node }: NodePlan) => dataDirectory(cluster.spec, node.role, type) === `/var/lib/${type}`;
  return taking.every(inImage) ? type : '';
}

/** Settings of the provision script, `KNODE_*`; those shared with the node's own scripts have the same names. */
export function bakeSettings({ plans, sizes }: BakeInput): Readonly<Record<string, string>> {
  const [first] = plans;
  if (first === undefined) throw new Error('an image for no node');
  const { os, artifacts, containerRuntime } = first.cluster.spec;
  return {
    KNODE_BAKE_ARCH: first.node.arch,
    KNODE_BAKE_FAMILY: os.family,
    KNODE_BAKE_IMAGES: imagesInto(plans),
    KNODE_BAKE_MIB: String(neededMib(sizes)),
    KNODE_BAKE_NTP: os.ntp.enabled ? '1' : '0',
    KNODE_FETCH_JOBS: String(artifacts.parallel),
    // The bake gets logins and signatures in a Packer variable.
    KNODE_MIRRORS: artifacts.mirrors.map(openUrl).join(' '),
    KNODE_RUNTIME: containerRuntime.type,
    KNODE_SWAP: os.swap,
  };
}

/** `NAME VERSION ALGORITHM CHECKSUM` per line, for the bill of materials. */
function artifactsTable(artifacts: readonly ResolvedArtifact[]): string {
  return artifacts
    .map(({ name, version, algorithm, checksum }) => `${name}\t${version}\t${algorithm}\t${checksum ?? ''}\n`)
    .join('');
}

/** The merged lists of all nodes: the packages of an image for any of them. */
function packagesList({ trees }: BakeInput): string {
  const lists = trees.flat().filter((file) => file.path === nodePaths.packagesList);
  const lines = lists.flatMap((file) => file.content.split('\n').filter((line) => line !== ''));
  return [...new Set(lines)].map((line) => `${line}\n`).join('');
}

/** The tree of the image: the list of programs is that of all its nodes, even where theirs differ. */
function treeOf({ trees, artifactsList }: BakeInput): Buffer {
  const list = { path: nodePaths.artifactsList, mode: '0644', content: artifactsList };
  const others = commonFiles(trees).filter((file) => file.path !== list.path);
  const all = artifactsList === '' ? others : [...others, list].sort((a, b) => (a.path < b.path ? -1 : 1));
  return tarArchive(all.map(({ path, mode, content }) => ({ path: path.slice(1), mode, content })));
}

/**
 * Everything that the provision script needs. The same input gives the same bytes.
 * @param settings text of bake.env.
 * @param scripts the provision scripts: another script, another image.
 * @param head makes the image's head from the digest.
 */
export function bakePayload(
  input: BakeInput,
  settings: string,
  scripts: readonly string[],
  head: (digest: string) => ImageHead,
): BakePayload {
  const parts: readonly (readonly [string, string | Uint8Array])[] = [
    ['artifacts.list', input.artifactsList],
    ['artifacts.tsv', artifactsTable(input.artifacts)],
    ['bake.env', settings],
    ['packages.list', packagesList(input)],
    ['tree.tar', treeOf(input)],
  ];
  const digest = sha256([...parts.map(([, content]) => sha256(content)), ...scripts.map(sha256)].join('\n'));
  const all = [...parts, ['image.json', `${JSON.stringify(head(digest), null, 2)}\n`] as const];
  const sums = all.map(([name, content]) => `${sha256(content)}  payload/${name}\n`).join('');
  return {
    digest,
    files: [...all, ['SHA256SUMS', sums] as const].map(([name, content]) => ({
      path: `payload/${name}`,
      content,
      mode: '0644',
    })),
  };
}

/** Lower-case letters, digits and dashes, at most 63: accepted by every platform as the name of an image. */
export function imageName(parts: readonly string[], digest: string): string {
  const text = ['knode', ...parts]
    .join('-')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
  return `${text.slice(0, 50).replace(/-$/, '')}-${digest.slice(0, 12)}`;
}
