import { formatDiagnostics } from '../../src/base/format-diagnostic.ts';
import type { Materials } from '../../src/component/contract.ts';
import type { NodePlan } from '../../src/component/plan.ts';
import { planNode } from '../../src/component/plan-node.ts';
import type { Cluster, ClusterNode } from '../../src/model/cluster.ts';
import type { NodeFile } from '../../src/render/node-file.ts';
import { renderPlan } from '../../src/render/render-plan.ts';
import { unlockedFor } from './unlocked.ts';

export interface UnlockedNode {
  readonly plan: NodePlan;
  readonly files: readonly NodeFile[];
}

/** Materials for tests of any version: no key, no lock, no file of the user's. */
export const words: Materials = {
  certificate: (id) => `certificate ${id}\n`,
  privateKey: (id) => `key of ${id}\n`,
  authority: (name, part) => `${part} of the ${name} authority\n`,
  serviceAccount: (part) => `${part} of service accounts\n`,
  passport: (id) => `passport of ${id}\n`,
  passportKey: () => 'public key of passports\n',
  secret: (name, field) => `SECRET-${name}-${field}`,
  lasts: () => true,
  artifact: unlockedFor,
  source: (file) => `source ${file}\n`,
};

/** One node, planned and rendered without a lock. Scripts and other static files are the templates themselves, and left out. */
export function renderUnlocked(cluster: Cluster, node: ClusterNode): UnlockedNode {
  const { value: plan, diagnostics } = planNode(cluster, node);
  if (plan === undefined) throw new Error(formatDiagnostics(diagnostics));
  const files = plan.files.filter((file) => file.content.kind !== 'static');
  return { plan, files: renderPlan({ ...plan, files }, words) };
}

/** The content of a node's file; nothing when the node does not have it. */
export function contentOf({ files }: UnlockedNode, path: string): string | undefined {
  return files.find((file) => file.path === path)?.content;
}
