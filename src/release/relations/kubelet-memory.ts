import { quantity } from './go-values.ts';
import type { FinalValues, Relation } from './relation.ts';
import { say } from './resource-messages.ts';

interface Limit {
  readonly node: unknown;
  readonly resource: string;
  readonly value: unknown;
}

function limits(values: FinalValues): readonly Limit[] {
  const reserved = values.value('reservedMemory');
  if (!Array.isArray(reserved)) return [];
  return reserved.flatMap((one: { readonly numaNode?: unknown; readonly limits?: unknown }) =>
    Object.entries((one.limits ?? {}) as Record<string, unknown>).map(([resource, value]) => ({
      node: one.numaNode ?? 0,
      resource,
      value,
    })),
  );
}

function reservedOf(values: FinalValues, field: string): number {
  const map = (values.value(field) ?? {}) as Readonly<Record<string, unknown>>;
  return Object.hasOwn(map, 'memory') ? (quantity(map.memory) ?? 0) : 0;
}

const kinds: Relation = {
  minors: '1.21-1.36',
  fields: ['reservedMemory'],
  refuses(values) {
    const bad = limits(values).find(({ resource }) => resource !== 'memory' && !resource.startsWith('hugepages-'));
    if (bad === undefined) return undefined;
    return say('kubelet-memory/kind', { resource: bad.resource });
  },
};

const amounts: Relation = {
  minors: '1.21-1.36',
  fields: ['reservedMemory'],
  refuses(values) {
    const bad = limits(values).find(({ value }) => !((quantity(value) ?? 0) > 0));
    if (bad === undefined) return undefined;
    return say('kubelet-memory/amount', { node: bad.node, resource: bad.resource, value: JSON.stringify(bad.value) });
  },
};

const once: Relation = {
  minors: '1.21-1.36',
  fields: ['reservedMemory'],
  refuses(values) {
    const all = limits(values);
    const twice = all.find(({ node, resource }, index) =>
      all.slice(0, index).some((other) => String(other.node) === String(node) && other.resource === resource),
    );
    if (twice === undefined) return undefined;
    return say('kubelet-memory/twice', { node: twice.node, resource: twice.resource });
  },
};

/** pkg/kubelet/cm/memorymanager/policy_static.go and memory_manager.go: the sums must be equal. */
const staticSum: Relation = {
  minors: '1.22-1.36',
  fields: ['memoryManagerPolicy', 'reservedMemory', 'kubeReserved'],
  refuses(values) {
    if (values.value('memoryManagerPolicy') !== 'Static') return undefined;
    const reserved = limits(values).filter(({ resource }) => resource === 'memory');
    if (reserved.length === 0) {
      return say('kubelet-memory/static');
    }
    const hard = (values.value('evictionHard') ?? {}) as Readonly<Record<string, unknown>>;
    const threshold = quantity(hard['memory.available'] ?? 0);
    // A percentage refers to the machine's memory, which only the node knows.
    if (threshold === undefined) return undefined;
    const wanted = reservedOf(values, 'kubeReserved') + reservedOf(values, 'systemReserved') + threshold;
    const sum = reserved.reduce((all, { value }) => all + (quantity(value) ?? 0), 0);
    if (sum === wanted) return undefined;
    return say('kubelet-memory/sum', { sum, wanted });
  },
};

/** pkg/kubelet/apis/config/validation/validation_reserved_memory.go (1.21), and the memory manager. */
export const kubeletMemory: readonly Relation[] = [kinds, amounts, once, staticSum];
