import { stringify } from 'yaml';
import { formatDiagnostics } from '../../src/base/format-diagnostic.ts';
import { merge } from '../../src/component/build/deep-merge.ts';
import type { NodePlan } from '../../src/component/plan.ts';
import { planNode } from '../../src/component/plan-node.ts';
import { readCluster } from '../../src/component/read-cluster.ts';
import type { Cluster, Role } from '../../src/model/cluster.ts';

const small = {
  apiVersion: 'knode.dev/v1',
  kind: 'Cluster',
  name: 'prod',
  kubernetes: { version: '1.36.3' },
  apiEndpoint: { address: '10.0.0.10' },
  nodes: { masters: [{ address: '10.0.0.11' }], workers: [{ address: '10.0.0.21' }] },
};

/** The text of a small cluster file with some settings changed. */
export function clusterText(over: Readonly<Record<string, unknown>> = {}): string {
  return stringify(merge(small, over));
}

/** The cluster of that file; it must be valid. */
export function clusterOf(over: Readonly<Record<string, unknown>> = {}): Cluster {
  const { value, diagnostics } = readCluster(clusterText(over), 'cluster.yaml');
  if (value === undefined) throw new Error(formatDiagnostics(diagnostics));
  return value.cluster;
}

/** The plan of the first node of a role. */
export function planOf(cluster: Cluster, role: Role = 'master'): NodePlan {
  const node = cluster.nodes.find((one) => one.role === role);
  if (node === undefined) throw new Error(`there is no ${role}`);
  const { value, diagnostics } = planNode(cluster, node);
  if (value === undefined) throw new Error(formatDiagnostics(diagnostics));
  return value;
}
