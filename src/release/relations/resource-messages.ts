import { speaker } from '../../base/catalogue.ts';
import { list, suggest } from '../../base/wording.ts';

/** Why kubelet refuses what it reserves and evicts by. Messages follow what those of messages.ts follow. */
export const say = speaker('release/resources', {
  'kubelet-memory/kind': ({ resource }: { resource: string }) => ({
    message: `reservedMemory cannot reserve ${resource}`,
    hint: 'memory, or hugepages-SIZE',
  }),
  'kubelet-memory/amount': ({ node, resource, value }: { node: unknown; resource: string; value: string }) => ({
    message: `reservedMemory of NUMA node ${node}: ${resource} ${value} is not a quantity above zero`,
    hint: 'for example 1Gi',
  }),
  'kubelet-memory/twice': ({ node, resource }: { node: unknown; resource: string }) => ({
    message: `reservedMemory names ${resource} of NUMA node ${node} twice`,
    hint: 'keep one of the two',
  }),
  'kubelet-memory/static': {
    message: 'memoryManagerPolicy Static needs reservedMemory',
    hint: 'reserve memory on NUMA nodes: reservedMemory: [{numaNode: 0, limits: {memory: 1124Mi}}]',
  },
  'kubelet-memory/sum': ({ sum, wanted }: { sum: number; wanted: number }) => ({
    message: `reservedMemory is ${sum} bytes; kubeReserved, systemReserved and evictionHard memory.available are ${wanted}`,
    hint: 'make both sums equal',
  }),
  'kubelet-cpu-reserve': {
    message: 'cpuManagerPolicy static needs reserved processors, and kubeReserved and systemReserved have no cpu',
    hint: "reserve some, for example kubeReserved: {cpu: '1'}",
  },
  'kubelet-cpu-options': {
    message: 'cpuManagerPolicyOptions are for cpuManagerPolicy static',
    hint: 'set cpuManagerPolicy: static, or remove the options',
  },
  'value-unknown/enforcement': ({ value, known }: { value: string; known: readonly string[] }) => ({
    message: `enforceNodeAllocatable cannot be '${value}'`,
    hint: `choose of ${list(known)}`,
  }),
  'kubelet-enforce/none': {
    message: "enforceNodeAllocatable has 'none' beside others",
    hint: "keep 'none' alone, or remove it",
  },
  'kubelet-enforce/cgroup': ({ key, kind }: { key: string; kind: string }) => ({
    message: `enforceNodeAllocatable has ${key}, and ${kind}ReservedCgroup is not set`,
    hint: `set ${kind}ReservedCgroup, for example ${kind === 'system' ? '/system.slice' : '/podruntime.slice'}, or enforce pods alone`,
  }),
  'kubelet-enforce/qos': ({ keys }: { keys: readonly string[] }) => ({
    message: `enforceNodeAllocatable ${list(keys)} needs cgroupsPerQOS`,
    hint: 'set enforceNodeAllocatable: [], or leave cgroupsPerQOS out',
  }),
  'kubelet-reserved-cpus': ({ cgroup }: { cgroup: string }) => ({
    message: `reservedSystemCPUs and ${cgroup} exclude each other`,
    hint: 'keep one of them',
  }),
  'kubelet-cgroups': { message: 'systemCgroups needs cgroupRoot', hint: 'set cgroupRoot: /, or remove systemCgroups' },
  'value-malformed/share': ({ entry }: { entry: string }) => ({
    message: `qosReserved ${entry} is not a share of memory`,
    hint: "for example memory: '50%'",
  }),
  'eviction-signal': ({
    signal,
    near,
    known,
  }: {
    signal: string;
    near: string | undefined;
    known: readonly string[];
  }) => ({
    message: `it knows no eviction signal ${signal}`,
    hint: suggest(near, `signals: ${list(known)}`),
  }),
  'eviction-amount': ({
    field,
    signal,
    value,
    why,
  }: {
    field: string;
    signal: string;
    value: string;
    why: string;
  }) => ({
    message: `${field}: ${signal} ${value} ${why}`,
    hint: 'for example 200Mi or 10%',
  }),
  'eviction-amount/period': ({ field, signal, value }: { field: string; signal: string; value: string }) => ({
    message: `${field}: ${signal} ${value} is not a duration`,
    hint: 'for example 1m30s',
  }),
  'eviction-grace': ({ signal }: { signal: string }) => ({
    message: `the soft threshold ${signal} has no grace period`,
    hint: `add evictionSoftGracePeriod: {${signal}: 1m}`,
  }),
  'reserved-unknown': ({ field, name, known }: { field: string; name: string; known: readonly string[] }) => ({
    message: `${field} cannot reserve ${name}`,
    hint: `it reserves ${list(known)}`,
  }),
  'reserved-amount': ({ field, name, value }: { field: string; name: string; value: string }) => ({
    message: `${field}: ${name} ${value} is not a positive quantity`,
    hint: 'for example 500m or 1Gi',
  }),
  'value-unknown/option': ({ field, value, known }: { field: string; value: string; known: readonly string[] }) => ({
    message: `${field} cannot be '${value}'`,
    hint: `options: ${list(known)}`,
  }),
});
