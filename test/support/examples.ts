import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packagePath } from '../../src/base/files/package-root.ts';
import { formatDiagnostics } from '../../src/base/format-diagnostic.ts';
import type { NodePlan } from '../../src/component/plan.ts';
import { planNode } from '../../src/component/plan-node.ts';
import { readCluster } from '../../src/component/read-cluster.ts';
import { type ArtifactLock, readLock } from '../../src/mirror/lock/lock.ts';
import type { Cluster } from '../../src/model/cluster.ts';
import type { NodeFile } from '../../src/render/node-file.ts';
import { renderPlan } from '../../src/render/render-plan.ts';
import { maskedMaterials } from './masked-materials.ts';

function foldersWithClusterFile(folder: string): string[] {
  const names = readdirSync(packagePath(folder));
  return names.filter((name) => existsSync(packagePath(folder, name, 'cluster.yaml'))).sort();
}

/** Names of the folders of examples/ that hold a cluster file. */
export const exampleNames: readonly string[] = foldersWithClusterFile('examples');

/** The examples, and further valid cluster files of test/golden that say what no example says. */
export const goldenNames: readonly string[] = [...exampleNames, ...foldersWithClusterFile('test/golden')];

export function goldenFolder(name: string): string {
  return exampleNames.includes(name) ? packagePath('examples', name) : packagePath('test/golden', name);
}

export interface ExampleNode {
  readonly plan: NodePlan;
  readonly files: readonly NodeFile[];
}

export interface Example {
  readonly name: string;
  readonly cluster: Cluster;
  readonly warnings: string;
  readonly nodes: readonly ExampleNode[];
}

/** The example's own lock, or the one made for tests. */
function lockOf(folder: string): ArtifactLock | undefined {
  const own = join(folder, 'knode.lock.yaml');
  return readLock(existsSync(own) ? own : packagePath('test/fixtures/test.lock.yaml')).value;
}

/** Plans and renders every node of an example with masked key material. */
export function renderExample(name: string, folder: string = goldenFolder(name)): Example {
  const text = readFileSync(join(folder, 'cluster.yaml'), 'utf8');
  const read = readCluster(text, 'cluster.yaml');
  if (read.value === undefined) throw new Error(formatDiagnostics(read.diagnostics));
  const { cluster } = read.value;
  const lock = lockOf(folder);
  const nodes = [...cluster.nodes, ...cluster.pools].map((node) => {
    const { value: plan, diagnostics } = planNode(cluster, node);
    if (plan === undefined) throw new Error(formatDiagnostics(diagnostics));
    const source = (file: string) => readFileSync(join(folder, file), 'utf8');
    return { plan, files: renderPlan(plan, maskedMaterials(plan, lock, source)) };
  });
  return { name, cluster, warnings: formatDiagnostics(read.diagnostics), nodes };
}
