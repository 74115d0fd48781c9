import type { NodePlan } from '../component/plan.ts';
import { type InventoryEntry, inventory } from '../pki/inventory.ts';
import { type CommandIo, demand, type GlobalOptions, printJson } from './io.ts';
import { openState } from './issue.ts';
import { readClusterFile } from './read-inputs.ts';
import { planNodes } from './render-nodes.ts';

/** Which nodes hold a certificate: by the files of their plans. */
function holders(entry: InventoryEntry, plans: readonly NodePlan[]): string[] {
  const held = plans.filter((plan) =>
    plan.files.some(({ content }) => {
      if (content.kind === 'certificate') return entry.kind === 'certificate' && content.id === entry.id;
      return (
        entry.kind === 'authority' &&
        content.kind === 'authority' &&
        content.part === 'certificate' &&
        content.authority === entry.id
      );
    }),
  );
  return held.map((plan) => plan.node.name);
}

/** `knode pki list`: every certificate of the state, and which node holds it. */
export async function pkiList(options: GlobalOptions, io: CommandIo): Promise<void> {
  const read = demand(readClusterFile(options.file), io);
  const plans = planNodes(read, read.cluster.nodes);
  const state = await openState(read, options, io).read();
  const entries = inventory(state).map((entry) => ({ ...entry, nodes: holders(entry, plans) }));
  if (options.json) return printJson({ certificates: entries }, io);
  if (entries.length === 0) return io.stdout('no certificates yet: knode render makes them\n');
  const now = io.clock.now().getTime();
  for (const entry of entries) {
    const days = Math.floor((Date.parse(entry.notAfter) - now) / 86_400_000);
    io.stdout(
      [
        `${entry.id} (${entry.kind})`,
        `  subject  ${entry.subject}`,
        `  issuer   ${entry.issuer}`,
        ...(entry.sans.length > 0 ? [`  SANs     ${entry.sans.join(', ')}`] : []),
        `  usages   ${entry.usages.join(', ') || 'none'}; ${entry.algorithm}`,
        `  expires  ${entry.notAfter} (${days < 0 ? `${-days} days ago` : `in ${days} days`})`,
        `  nodes    ${entry.nodes.join(', ') || 'none'}`,
        '',
      ].join('\n'),
    );
  }
}
