import { quantity } from './go-values.ts';
import { type FinalValues, type Relation, refusal } from './relation.ts';

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
    return refusal('kubelet-memory', `reservedMemory cannot reserve ${bad.resource}`, 'memory, or hugepages-SIZE');
  },
};

const amounts: Relation = {
  minors: '1.21-1.36',
  fields: ['reservedMemory'],
  refuses(values) {
    const bad = limits(values).find(({ value }) => !((quantity(value) ?? 0) > 0));
    if (bad === undefined) return undefined;
    const message = `reservedMemory of NUMA node ${bad.node}: ${bad.resource} ${JSON.stringify(bad.value)} is not a quantity above zero`;
    return refusal('kubelet-memory', message, 'for example 1Gi');
  },
};

const once: Relation = {
  minors: '1.21-1.36',
  fields: ['reservedMemory'],
  refuses(values) {
    const names = limits(values).map(({ node, resource }) => `${resource} of NUMA node ${node}`);
    const twice = names.find((name, index) => names.indexOf(name) < index);
    if (twice === undefined) return undefined;
    return refusal('kubelet-memory', `reservedMemory names ${twice} twice`, 'keep one of the two');
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
      const hint = 'reserve memory on NUMA nodes: reservedMemory: [{numaNode: 0, limits: {memory: 1124Mi}}]';
      return refusal('kubelet-memory', 'memoryManagerPolicy Static needs reservedMemory', hint);
    }
    const hard = (values.value('evictionHard') ?? {}) as Readonly<Record<string, unknown>>;
    const threshold = quantity(hard['memory.available'] ?? 0);
    // A percentage is of the machine's memory, which only the node knows.
    if (threshold === undefined) return undefined;
    const wanted = reservedOf(values, 'kubeReserved') + reservedOf(values, 'systemReserved') + threshold;
    const sum = reserved.reduce((all, { value }) => all + (quantity(value) ?? 0), 0);
    if (sum === wanted) return undefined;
    const message = `reservedMemory is ${sum} bytes; kubeReserved, systemReserved and evictionHard memory.available are ${wanted}`;
    return refusal('kubelet-memory', message, 'make both sums equal');
  },
};

/** pkg/kubelet/apis/config/validation/validation_reserved_memory.go (1.21), and the memory manager. */
export const kubeletMemory: readonly Relation[] = [kinds, amounts, once, staticSum];
