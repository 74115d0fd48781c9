import { UserMistake } from '../base/failure.ts';
import { memoize } from '../base/memoize.ts';
import { ofOption, together } from '../base/option-mistakes.ts';
import type { ArtifactNeed, Materials, ResolvedArtifact } from '../component/contract.ts';
import type { NodePlan } from '../component/plan.ts';
import { planNode } from '../component/plan-node.ts';
import { type RenderedNode, renderedWhenAsked } from '../delivery/rendered-node.ts';
import type { ImageManifest } from '../image/manifest.ts';
import { artifactId } from '../mirror/catalogue/identity.ts';
import { lockFileName } from '../mirror/lock/lock.ts';
import { readPresigned } from '../mirror/presigned.ts';
import type { ClusterNode } from '../model/cluster.ts';
import type { ReadCluster } from '../model/read-cluster.ts';
import type { PkiAction } from '../pki/settings.ts';
import { renderPlan, type SharedTexts } from '../render/render-plan.ts';
import { demandImageFits, readImage } from './boot-image.ts';
import { demandFounders, grantOf } from './founding.ts';
import { type CommandIo, demand } from './io.ts';
import { issue } from './issue.ts';
import { lockedArtifacts, lockOf } from './locked-artifacts.ts';
import { checkPayloadPinned, kindOf, oneOfEach, payloadOf } from './payload.ts';
import { distinct, planNodes, reportNeeds, withoutMistakes } from './plan-nodes.ts';
import { guardPresigned, presignedArtifacts } from './presigned.ts';
import { readSources } from './read-inputs.ts';
import { type RecalledCluster, type RecallOptions, remembered } from './recall.ts';
import { renderNode } from './render-node.ts';

export type { RenderedNode } from '../delivery/rendered-node.ts';

export interface RenderResult {
  readonly nodes: readonly RenderedNode[];
  readonly actions: readonly PkiAction[];
}

export interface RenderOptions extends RecallOptions {
  readonly unlocked?: boolean;
  readonly lock?: string;
  /** URLs that `knode mirror presign` wrote. */
  readonly presigned?: string;
  /** Give members without data the right to found the etcd cluster again. */
  readonly found?: boolean;
  /** The manifest of a golden image: its files are left out of the user-data. */
  readonly image?: string;
}

/** Whether the nodes have their programs from somewhere that the cluster file does not name. */
export function hasSource({ presigned, image }: RenderOptions): boolean {
  return presigned !== undefined || image !== undefined;
}

/**
 * The whole main job: plans, certificates and artifacts in, the bytes of every node out. Commits new keys to the state first, and
 * what the next render must know of this one.
 */
export async function renderNodes(
  recalled: RecalledCluster,
  nodes: readonly ClusterNode[],
  options: RenderOptions,
  io: CommandIo,
): Promise<RenderResult> {
  const { read } = recalled;
  if (options.found) demandFounders(read, nodes);
  const kept = new Map<ClusterNode, NodePlan>();
  const plans = withoutMistakes(reportNeeds(read, nodes, kept));
  const [sources, locked, image] = together(
    [
      () => demand(readSources(plans, read), io),
      () => lockedArtifacts(plans, read, options, io),
      () => imageOption(options, io),
    ],
    [() => presignedOption(options, io)],
  );
  const artifacts = ofOption('--presigned', () => presignedArtifacts(locked, read, options.presigned, io));
  if (image !== undefined) demandImageFits(planNodes(read, nodes), artifacts, image, io);
  else demandPayloadsPinned(read, nodes, artifacts, options);
  const certificates = plans.flatMap((plan) => plan.certificates);
  const passports = plans.flatMap((plan) => plan.passports);
  const secrets = plans.flatMap((plan) => plan.secrets);
  const issued = await issue(
    read,
    { certificates, passports, secrets, authorities: ['kubernetes', 'etcd', 'front-proxy'], grant: grantOf(options) },
    options,
    io,
    (stored) => remembered(recalled, stored),
  );
  const materials: Materials = {
    ...issued.materials,
    artifact: (need: ArtifactNeed) => known(artifacts.get(artifactId(need)), need.name),
    source: (file: string) => known(sources.get(file), file),
  };
  const sharedTexts = memoize((_kind: string): SharedTexts => new Map());
  const render = (node: ClusterNode) => {
    const plan = kept.get(node) ?? planOf(read, node);
    const files = renderPlan(plan, materials, sharedTexts(kindOf(node)));
    return renderNode(plan, options.presigned === undefined ? files : guardPresigned(files), materials, image);
  };
  return { actions: issued.actions, nodes: renderedWhenAsked(nodes, render) };
}

function imageOption({ image }: RenderOptions, io: CommandIo): ImageManifest | undefined {
  return image === undefined ? undefined : ofOption('--image', () => readImage(image, io));
}

function presignedOption({ presigned }: RenderOptions, io: CommandIo): void {
  if (presigned !== undefined) ofOption('--presigned', () => demand(readPresigned(presigned), io));
}

/** Checks of the files that options name: what rendering finds in them anyway. */
export function fileOptions(read: ReadCluster, options: RenderOptions, io: CommandIo): readonly (() => unknown)[] {
  return [
    () => ofOption('--lock', () => lockOf(read, options)),
    () => imageOption(options, io),
    () => presignedOption(options, io),
  ];
}

/** Looks at one node of each kind, before any key is made. */
function demandPayloadsPinned(
  read: ReadCluster,
  nodes: readonly ClusterNode[],
  artifacts: ReadonlyMap<string, ResolvedArtifact>,
  options: RenderOptions,
): void {
  // Nodes of an image fetch no payload.
  if (read.cluster.spec.artifacts.payload === 'user-data' || options.unlocked || options.image) return;
  const lock = lockOf(read, options) ?? { file: lockFileName, entries: [] };
  const artifact = (need: ArtifactNeed) => known(artifacts.get(artifactId(need)), need.name);
  const found = oneOfEach(nodes).flatMap((node) => checkPayloadPinned(payloadOf(planOf(read, node), artifact), lock));
  if (found.length > 0) throw new UserMistake(distinct(found));
}

/** Of a node that was planned before, without mistakes. */
function planOf(read: ReadCluster, node: ClusterNode): NodePlan {
  return known(planNode(read.cluster, node).value, node.name);
}

function known<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`${what} was planned but not prepared`);
  return value;
}
