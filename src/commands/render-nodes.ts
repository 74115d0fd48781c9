import { dirname, join } from 'node:path';
import type { Diagnostic, Report } from '../base/diagnostic.ts';
import { UserMistake } from '../base/failure.ts';
import { memoize } from '../base/memoize.ts';
import type { ArtifactNeed, Materials, ResolvedArtifact } from '../component/contract.ts';
import type { NodePlan } from '../component/plan.ts';
import { planNode } from '../component/plan-node.ts';
import { type Catalogue, loadCatalogue } from '../mirror/catalogue.ts';
import { artifactId } from '../mirror/identity.ts';
import { type Lock, lockFileName, readLock } from '../mirror/lock.ts';
import { checkOwnNames, checkOwnPaths, withOwnArtifacts } from '../mirror/own-artifacts.ts';
import { resolveArtifacts } from '../mirror/resolve.ts';
import type { ClusterNode } from '../model/cluster.ts';
import { placeDiagnostics, type ReadCluster } from '../model/read-cluster.ts';
import type { PkiAction } from '../pki/settings.ts';
import { renderPlan, type SharedTexts } from '../render/render-plan.ts';
import { type CommandIo, demand, type GlobalOptions } from './io.ts';
import { issue } from './issue.ts';
import { checkPayloadPinned, kindOf, oneOfEach, payloadOf } from './payload.ts';
import { readSources } from './read-inputs.ts';
import { demandImageFits, readImage } from './render-image.ts';
import { renderNode } from './render-node.ts';
import { guardPresigned, presignedArtifacts } from './render-presigned.ts';
import { type RenderedNode, renderedWhenAsked } from './rendered-node.ts';

export type { RenderedNode } from './rendered-node.ts';

export interface RenderResult {
  readonly nodes: readonly RenderedNode[];
  readonly actions: readonly PkiAction[];
}

export interface RenderOptions extends GlobalOptions {
  readonly unlocked?: boolean;
  readonly lock?: string;
  /** URLs that `knode mirror presign` wrote. */
  readonly presigned?: string;
  /** The manifest of a golden image: its files are left out of the user-data. */
  readonly image?: string;
}

/** What has to be there before a plan can become bytes. The rest of a plan is large, and soon made again. */
export type PlanNeeds = Pick<NodePlan, 'files' | 'certificates' | 'secrets' | 'artifacts'>;

function needsOf({ files, certificates, secrets, artifacts }: NodePlan): PlanNeeds {
  return { files: files.filter((file) => file.content.kind === 'source'), certificates, secrets, artifacts };
}

/** Plans of the chosen nodes, and what is wrong with any of them, at once. */
export function reportPlans(read: ReadCluster, nodes: readonly ClusterNode[]): Report<readonly NodePlan[]> {
  return reportEach(read, nodes, (plan) => plan);
}

/** The same, of plans only what they need; of their files those of the user's own. */
export function reportNeeds(read: ReadCluster, nodes: readonly ClusterNode[]): Report<readonly PlanNeeds[]> {
  return reportEach(read, nodes, needsOf);
}

function reportEach<T>(read: ReadCluster, nodes: readonly ClusterNode[], keep: (plan: NodePlan) => T): Report<T[]> {
  const { extra } = read.cluster.spec.artifacts;
  // A name that two components use would be a bug of theirs.
  const taken = checkOwnNames(extra, loadCatalogue());
  if (taken.length > 0) return { diagnostics: placeDiagnostics(taken, read.source) };
  const catalogue = clusterCatalogue(read);
  const found: Diagnostic[] = [];
  const value = nodes.flatMap((node) => {
    const { value: plan, diagnostics } = planNode(read.cluster, node);
    found.push(...diagnostics);
    if (plan === undefined) return [];
    found.push(...checkOwnPaths(plan, extra, catalogue));
    return [keep(plan)];
  });
  return { value, diagnostics: distinct(placeDiagnostics(found, read.source)) };
}

/** knode's artifacts, and those of the cluster file. */
export function clusterCatalogue(read: ReadCluster): Catalogue {
  return withOwnArtifacts(loadCatalogue(), read.cluster.spec.artifacts.extra);
}

/** The same, for those who can go on only without mistakes. */
export function planNodes(read: ReadCluster, nodes: readonly ClusterNode[]): readonly NodePlan[] {
  return withoutMistakes(reportPlans(read, nodes));
}

function withoutMistakes<T>({ value = [], diagnostics }: Report<readonly T[]>): readonly T[] {
  if (diagnostics.length > 0) throw new UserMistake(diagnostics);
  return value;
}

/** Several nodes report the same mistake of the cluster file: once is enough. */
function distinct(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...new Map(diagnostics.map((one) => [`${one.code} ${one.message}`, one])).values()];
}

function lockFileOf(read: ReadCluster, options: RenderOptions): string {
  return options.lock ?? join(dirname(read.source.file), lockFileName);
}

/** None where the file is not there. @throws UserMistake for one that is wrong. */
function lockOf(read: ReadCluster, options: RenderOptions): Lock | undefined {
  const { value, diagnostics } = readLock(lockFileOf(read, options));
  if (value === undefined && diagnostics.length > 0) throw new UserMistake(diagnostics);
  return value;
}

/** What the lock says of the artifacts that the plans need. */
export function lockedArtifacts(
  plans: readonly PlanNeeds[],
  read: ReadCluster,
  options: RenderOptions,
  io: CommandIo,
): ReadonlyMap<string, ResolvedArtifact> {
  const lock = lockOf(read, options);
  const needs = plans.flatMap((plan) => plan.artifacts);
  const unlocked = options.unlocked ?? false;
  const replaceHosts = read.cluster.spec.artifacts.upstreamHosts;
  const settings = { unlocked, lockFile: lockFileOf(read, options), replaceHosts };
  const resolved = demand(resolveArtifacts(needs, clusterCatalogue(read), lock, settings), io);
  return forMirrorsOnly(resolved, read);
}

/** Sites without a way out: nodes learn no upstream URL. */
export function forMirrorsOnly(
  resolved: ReadonlyMap<string, ResolvedArtifact>,
  read: ReadCluster,
): ReadonlyMap<string, ResolvedArtifact> {
  return read.cluster.spec.artifacts.upstream
    ? resolved
    : new Map([...resolved].map(([id, one]) => [id, { ...one, url: '-' }]));
}

/** The whole main job: plans, certificates and artifacts in, the bytes of every node out. Commits new keys to the state first. */
export async function renderNodes(
  read: ReadCluster,
  nodes: readonly ClusterNode[],
  options: RenderOptions,
  io: CommandIo,
): Promise<RenderResult> {
  const plans = withoutMistakes(reportNeeds(read, nodes));
  const sources = demand(readSources(plans, read), io);
  const artifacts = presignedArtifacts(lockedArtifacts(plans, read, options, io), read, options.presigned, io);
  const image = options.image === undefined ? undefined : readImage(options.image, io);
  if (image !== undefined) demandImageFits(planNodes(read, nodes), artifacts, image, io);
  else demandPayloadsPinned(read, nodes, artifacts, options);
  const certificates = plans.flatMap((plan) => plan.certificates);
  const secrets = plans.flatMap((plan) => plan.secrets);
  const issued = await issue(
    read,
    { certificates, secrets, authorities: ['kubernetes', 'etcd', 'front-proxy'] },
    options,
    io,
  );
  const materials: Materials = {
    ...issued.materials,
    artifact: (need: ArtifactNeed) => known(artifacts.get(artifactId(need)), need.name),
    source: (file: string) => known(sources.get(file), file),
  };
  const sharedTexts = memoize((_kind: string): SharedTexts => new Map());
  const render = (node: ClusterNode) => {
    const plan = planOf(read, node);
    const files = renderPlan(plan, materials, sharedTexts(kindOf(node)));
    return renderNode(plan, options.presigned === undefined ? files : guardPresigned(files), materials, image);
  };
  return { actions: issued.actions, nodes: renderedWhenAsked(nodes, render) };
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
