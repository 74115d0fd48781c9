import { dirname, join } from 'node:path';
import type { Diagnostic, Report } from '../base/diagnostic.ts';
import { UserMistake } from '../base/failure.ts';
import { cloudConfig } from '../cloudinit/cloud-config.ts';
import { userData } from '../cloudinit/user-data.ts';
import type { ArtifactNeed, Materials, ResolvedArtifact } from '../component/contract.ts';
import type { NodePlan } from '../component/plan.ts';
import { planNode } from '../component/plan-node.ts';
import { loadCatalogue } from '../mirror/catalogue.ts';
import { artifactId } from '../mirror/identity.ts';
import { lockFileName, readLock } from '../mirror/lock.ts';
import { resolveArtifacts } from '../mirror/resolve.ts';
import type { ClusterNode } from '../model/cluster.ts';
import { placeDiagnostics, type ReadCluster } from '../model/read-cluster.ts';
import type { PkiAction } from '../pki/settings.ts';
import type { NodeFile } from '../render/node-file.ts';
import { renderPlan } from '../render/render-plan.ts';
import { type CommandIo, demand, type GlobalOptions } from './io.ts';
import { issue } from './issue.ts';
import { readSources } from './read-inputs.ts';

export interface RenderedNode {
  readonly plan: NodePlan;
  readonly files: readonly NodeFile[];
  readonly userData: string;
}

export interface RenderResult {
  readonly nodes: readonly RenderedNode[];
  readonly actions: readonly PkiAction[];
}

export interface RenderOptions extends GlobalOptions {
  readonly unlocked?: boolean;
  readonly lock?: string;
}

/** Plans of the chosen nodes, and what is wrong with any of them, at once. */
export function reportPlans(read: ReadCluster, nodes: readonly ClusterNode[]): Report<readonly NodePlan[]> {
  const reports = nodes.map((node) => planNode(read.cluster, node));
  const found = reports.flatMap((report) => report.diagnostics);
  return {
    value: reports.flatMap((report) => report.value ?? []),
    diagnostics: distinct(placeDiagnostics(found, read.source)),
  };
}

/** The same, for those who can go on only without mistakes. */
export function planNodes(read: ReadCluster, nodes: readonly ClusterNode[]): readonly NodePlan[] {
  const { value, diagnostics } = reportPlans(read, nodes);
  if (diagnostics.length > 0) throw new UserMistake(diagnostics);
  return value ?? [];
}

/** Several nodes report the same mistake of the cluster file: once is enough. */
function distinct(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...new Map(diagnostics.map((one) => [`${one.code} ${one.message}`, one])).values()];
}

/** What the lock says of the artifacts that the plans need. */
export function lockedArtifacts(
  plans: readonly NodePlan[],
  read: ReadCluster,
  options: RenderOptions,
  io: CommandIo,
): ReadonlyMap<string, ResolvedArtifact> {
  const lockFile = options.lock ?? join(dirname(read.source.file), lockFileName);
  const report = readLock(lockFile);
  if (report.value === undefined && report.diagnostics.length > 0) throw new UserMistake(report.diagnostics);
  const needs = plans.flatMap((plan) => plan.artifacts);
  const unlocked = options.unlocked ?? false;
  const resolved = demand(resolveArtifacts(needs, loadCatalogue(), report.value, { unlocked, lockFile }), io);
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
  const plans = planNodes(read, nodes);
  const sources = demand(readSources(plans, read), io);
  const artifacts = lockedArtifacts(plans, read, options, io);
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
  return { actions: issued.actions, nodes: plans.map((plan) => renderNode(plan, materials)) };
}

function renderNode(plan: NodePlan, materials: Materials): RenderedNode {
  const files = renderPlan(plan, materials);
  return { plan, files, userData: userData(cloudConfig(plan, files)) };
}

function known<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`${what} was planned but not prepared`);
  return value;
}
