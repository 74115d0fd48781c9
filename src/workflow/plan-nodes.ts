import type { Diagnostic, Report } from '../base/diagnostic.ts';
import { UserMistake } from '../base/failure.ts';
import type { NodePlan } from '../component/plan.ts';
import { planNode } from '../component/plan-node.ts';
import { type Catalogue, loadCatalogue } from '../mirror/catalogue/catalogue.ts';
import { checkOwnNames, checkOwnPaths, withOwnArtifacts } from '../mirror/catalogue/own-artifacts.ts';
import type { ClusterNode } from '../model/cluster.ts';
import { placeDiagnostics, type ReadCluster } from '../model/read-cluster.ts';

/** Everything that must exist before a plan can become bytes. */
export type PlanNeeds = Pick<NodePlan, 'files' | 'certificates' | 'passports' | 'secrets' | 'artifacts'>;

function needsOf({ files, certificates, passports, secrets, artifacts }: NodePlan): PlanNeeds {
  const sources = files.filter((file) => file.content.kind === 'source');
  return { files: sources, certificates, passports, secrets, artifacts };
}

/** Plans of the chosen nodes, and all errors in any of them. */
export function reportPlans(
  read: ReadCluster,
  nodes: readonly ClusterNode[],
  kept?: KeptPlans,
): Report<readonly NodePlan[]> {
  return reportEach(read, nodes, (plan) => plan, kept);
}

/** Error-free plans that were already made. */
export type KeptPlans = Map<ClusterNode, NodePlan>;

/** Plans kept in memory, about 60 MiB. With more nodes, plans are made again, which is fast. */
const mostKept = 2000;

/**
 * Like `reportPlans`, but only the requirements of the plans, and of their files only the user's own.
 * @param kept cache for full plans, at most `mostKept`
 */
export function reportNeeds(
  read: ReadCluster,
  nodes: readonly ClusterNode[],
  kept?: KeptPlans,
): Report<readonly PlanNeeds[]> {
  return reportEach(read, nodes, needsOf, kept);
}

function reportEach<T>(
  read: ReadCluster,
  nodes: readonly ClusterNode[],
  keep: (plan: NodePlan) => T,
  kept: KeptPlans = new Map(),
): Report<T[]> {
  const { extra } = read.cluster.spec.artifacts;
  // A name that two components use would be a bug in knode.
  const taken = checkOwnNames(extra, loadCatalogue());
  if (taken.length > 0) return { diagnostics: placeDiagnostics(taken, read.source) };
  const catalogue = clusterCatalogue(read);
  const found: Diagnostic[] = [];
  const value = nodes.flatMap((node) => {
    const before = kept.get(node);
    if (before !== undefined) return [keep(before)];
    const { value: plan, diagnostics } = planNode(read.cluster, node);
    const wrong = [...diagnostics, ...(plan === undefined ? [] : checkOwnPaths(plan, extra, catalogue))];
    found.push(...wrong);
    if (plan === undefined) return [];
    if (wrong.length === 0 && kept.size < mostKept) kept.set(node, plan);
    return [keep(plan)];
  });
  return { value, diagnostics: distinct(placeDiagnostics(found, read.source)) };
}

/** knode's artifacts, and those of the cluster file. */
export function clusterCatalogue(read: ReadCluster): Catalogue {
  return withOwnArtifacts(loadCatalogue(), read.cluster.spec.artifacts.extra);
}

/** Like `reportPlans`, for callers that need plans without errors. */
export function planNodes(read: ReadCluster, nodes: readonly ClusterNode[]): readonly NodePlan[] {
  return withoutMistakes(reportPlans(read, nodes));
}

/** @throws UserMistake with all errors. */
export function withoutMistakes<T>({ value = [], diagnostics }: Report<readonly T[]>): readonly T[] {
  if (diagnostics.length > 0) throw new UserMistake(diagnostics);
  return value;
}

/** Several nodes report the same mistake of the cluster file: once is enough. */
export function distinct(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...new Map(diagnostics.map((one) => [`${one.code} ${one.message}`, one])).values()];
}
