import { changedLines } from '../base/changed-lines.ts';
import { type DataPath, formatPath, hasErrors } from '../base/diagnostic.ts';
import { writtenPath } from '../base/yaml/spelling.ts';
import type { Materials } from '../component/contract.ts';
import type { NodePlan, PlannedFile } from '../component/plan.ts';
import { planNode } from '../component/plan-node.ts';
import { loadCatalogue } from '../mirror/catalogue/catalogue.ts';
import { artifactId } from '../mirror/catalogue/identity.ts';
import { withOwnArtifacts } from '../mirror/catalogue/own-artifacts.ts';
import { resolveArtifacts } from '../mirror/lock/resolve.ts';
import type { Cluster, ClusterNode } from '../model/cluster.ts';
import { deriveCluster } from '../model/derive.ts';
import { nodePath } from '../model/node-path.ts';
import type { ReadCluster } from '../model/read-cluster.ts';
import { checkRules } from '../model/rules/index.ts';
import { clusterFileSchema } from '../model/schema/cluster-file.ts';
import { inSchemaWords } from '../model/schema/synonyms.ts';
import { renderPlan } from '../render/render-plan.ts';
import { placeOf } from './origin.ts';
import { certificateWords, passportWords, requestWords } from './request.ts';
import { type Leaf, leavesOf, variantsOf } from './variants.ts';

/** A setting of the cluster file that a file of a node depends on. */
export interface Influence {
  readonly setting: string;
  readonly from: string;
  /** Lines of the node's file that change with it, from 1. */
  readonly lines: readonly number[];
  /** Whether the file exists because of it. */
  readonly wholeFile: boolean;
}

/** The cluster for changed data; undefined if knode would refuse it. */
function clusterOf(data: unknown): Cluster | undefined {
  const parsed = clusterFileSchema.safeParse(data);
  if (!parsed.success) return undefined;
  const { value, diagnostics } = deriveCluster(parsed.data);
  if (value === undefined || hasErrors(diagnostics) || hasErrors(checkRules(value))) return undefined;
  return value;
}

/** Enough to find a difference: usually without the setting, and with another value. */
const mostVariants = 2;

function validVariants(data: unknown, setting: DataPath): readonly Cluster[] {
  const clusters: Cluster[] = [];
  for (const variant of variantsOf(data, setting)) {
    const cluster = clusterOf(variant);
    if (cluster !== undefined) clusters.push(cluster);
    if (clusters.length === mostVariants) break;
  }
  return clusters;
}

/** Replacements for issued and read content, so that only the cluster file makes a difference. */
function standIns(plan: NodePlan): Materials {
  const pem = (id: string) =>
    plan.certificates.flatMap((one) => (one.id === id ? certificateWords(one) : [])).join('\n');
  return {
    certificate: pem,
    privateKey: pem,
    authority: (name, part) => `${name} ${part}\n`,
    serviceAccount: (part) => part,
    passport: (id) => plan.passports.flatMap((one) => (one.id === id ? passportWords(one) : [])).join('\n'),
    passportKey: () => 'passport key\n',
    secret: (name, field) => `${name} ${field}`,
    lasts: () => true,
    artifact: (need) => {
      const catalogue = withOwnArtifacts(loadCatalogue(), plan.cluster.spec.artifacts.extra);
      const report = resolveArtifacts([need], catalogue, undefined, { unlocked: true });
      const found = report.value?.get(artifactId(need));
      if (found === undefined) throw new Error(`${need.name} was planned but not resolved`);
      return found;
    },
    source: (file) => file,
  };
}

interface Planned {
  readonly plan: NodePlan;
  readonly file: PlannedFile;
  /** Everything that decides the file's bytes. */
  readonly key: string;
}

/** The planned file without its bytes, which take longer to make; undefined if the node does not have it. */
function plannedIn(cluster: Cluster, node: ClusterNode, path: string): Planned | undefined {
  const same = (one: ClusterNode) =>
    one.role === node.role && one.index === node.index && one.pool?.name === node.pool?.name;
  const found = [...cluster.nodes, ...cluster.pools].find(same);
  const plan = found && planNode(cluster, found).value;
  const file = plan?.files.find((one) => one.path === path);
  if (plan === undefined || file === undefined) return undefined;
  return { plan, file, key: JSON.stringify([file.content, requestWords(file.content, plan)]) };
}

function textOf({ plan, file }: Planned): string {
  return renderPlan({ ...plan, files: [file] }, standIns(plan))[0]?.content ?? '';
}

export interface Influences {
  readonly settings: readonly Influence[];
  /** Number of settings of other nodes that were left out. */
  readonly untried: number;
}

/** A cluster may have thousands of nodes; a file that names them all would take minutes. */
const mostOfOthers = 16;

/** Every setting except those of other nodes; of these, a few whose value occurs in the text. */
function worthTrying(data: unknown, node: ClusterNode, text: string): { tried: Leaf[]; untried: number } {
  const own = nodePath(node);
  const isOthers = ({ path }: Leaf) => path[0] === 'nodes' && !own.every((step, index) => path[index] === step);
  const leaves = leavesOf(data);
  const others = leaves.filter((leaf) => isOthers(leaf) && text.includes(String(leaf.value)));
  const tried = new Set(others.slice(0, mostOfOthers));
  return {
    tried: leaves.filter((leaf) => tried.has(leaf) || !isOthers(leaf)),
    untried: others.length - tried.size,
  };
}

/**
 * The settings of the cluster file that a node's file depends on, found by changing each in turn and comparing the
 * file: the result is exact, and there is no table of settings and flags to maintain.
 * @param line only settings that affect this line, from 1.
 */
export function influencesOn(read: ReadCluster, node: ClusterNode, path: string, line?: number): Influences {
  const { data } = inSchemaWords(read.source.document.toJS());
  const planned = plannedIn(read.cluster, node, path);
  if (planned === undefined) return { settings: [], untried: 0 };
  const text = textOf(planned);
  const about = line === undefined ? text : (text.split('\n')[line - 1] ?? '');
  const { tried, untried } = worthTrying(data, node, about);
  const settings = tried.flatMap(({ path: setting }): Influence[] => {
    const variants = validVariants(data, setting).map((cluster) => plannedIn(cluster, node, path));
    const other = variants.filter((one) => one !== undefined && one.key !== planned.key);
    const lines = new Set(other.flatMap((one) => (one === undefined ? [] : changedLines(text, textOf(one)))));
    const wholeFile = variants.includes(undefined);
    if (lines.size === 0 && !wholeFile) return [];
    const sorted = [...lines].sort((a, b) => a - b);
    const written = writtenPath(read.source, setting);
    return [{ setting: formatPath(written), from: placeOf(read, written), lines: sorted, wholeFile }];
  });
  return { settings, untried };
}
