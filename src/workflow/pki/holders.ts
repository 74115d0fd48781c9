import type { NodePlan } from '../../component/plan.ts';
import type { InventoryEntry } from '../../pki/report/inventory.ts';

/** The nodes that hold a certificate, by the files of their plans. */
export function holders(entry: Pick<InventoryEntry, 'id' | 'kind'>, plans: readonly NodePlan[]): string[] {
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

/** The nodes that have a passport. */
export function passportHolders(id: string, plans: readonly NodePlan[]): string[] {
  const carriers = plans.filter((plan) => plan.passports.some((request) => request.id === id));
  return carriers.map((plan) => plan.node.name);
}
