import { phrases, speaker } from '../../base/catalogue.ts';
import { list, suggest } from '../../base/wording.ts';

/** The values that a field takes: from `min` to `max`, or above a bound. A duration is a text. */
export interface ValueRange {
  readonly min?: number | string | undefined;
  readonly max?: number | string | undefined;
  readonly above?: number | undefined;
}

function inRange({ min, max, above }: ValueRange): string {
  if (above !== undefined) return `greater than ${above} and at most ${max}`;
  if (min !== undefined && max !== undefined) return `between ${min} and ${max}`;
  return min === '1ns' ? 'greater than 0' : `${min ?? max} or ${min === undefined ? 'less' : 'more'}`;
}

/** What is wrong with an amount; follows it. */
export const unfit = phrases('release/amounts', {
  share: 'is not between 0% and 100%',
  form: 'is neither a quantity nor a percentage',
  positive: 'is not positive',
});

/** What a value must be; follows it. */
export const must = phrases('release/formats', {
  hostPort: 'must be an address and a port',
  port: 'must have a port between 1 and 65535',
  portRange: 'must be a port range',
  previousMinor: (wanted: string) => `must be '${wanted}', the minor before its own`,
  size: 'must be a size in bytes',
  ascii: 'must be an ASCII path',
  path: 'must be a normalized absolute path',
  cidr: 'must be a network in CIDR notation',
  cidrs: 'must be networks in CIDR notation',
  namespaced: (name: string) => `holds '${name}', which no namespace has`,
  ip: 'must be an IP address',
  cpuset: 'must be a list of processors',
});

/** Why kubelet and kube-proxy refuse values. Messages follow "kubelet 1.36.3 would not start: ". */
export const say = speaker('release/relations', {
  'kube-proxy-sync': ({
    least,
    leastValue,
    most,
    mostValue,
  }: {
    least: string;
    leastValue: unknown;
    most: string;
    mostValue: unknown;
  }) => ({
    message: `${least} ${leastValue} is more than ${most} ${mostValue}`,
    hint: `lower ${least}, or raise ${most}`,
  }),
  'gate-needed': ({ field, hidden, value, gate }: { field: string; hidden: boolean; value: string; gate: string }) => ({
    message: `${field}${hidden ? '' : ` ${value}`} needs the feature gate ${gate}`,
    hint: `add featureGates: {${gate}: true}`,
  }),
  'kubelet-memory/kind': ({ resource }: { resource: string }) => ({
    message: `reservedMemory cannot reserve ${resource}`,
    hint: 'memory, or hugepages-SIZE',
  }),
  'kubelet-memory/amount': ({ node, resource, value }: { node: unknown; resource: string; value: string }) => ({
    message: `reservedMemory of NUMA node ${node}: ${resource} ${value} is not a quantity above zero`,
    hint: 'for example 1Gi',
  }),
  'kubelet-memory/twice': ({ twice }: { twice: string }) => ({
    message: `reservedMemory names ${twice} twice`,
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
  'kubelet-shutdown/seconds': ({ field, value }: { field: string; value: unknown }) => ({
    message: `${field} ${value} is neither 0s nor a second or more`,
    hint: 'write whole seconds, for example 30s',
  }),
  'kubelet-image-ages': ({ max, min }: { max: unknown; min: unknown }) => ({
    message: `imageMaximumGCAge ${max} is not more than imageMinimumGCAge ${min}`,
    hint: 'raise imageMaximumGCAge, or set it to 0s',
  }),
  'kubelet-shutdown/critical': ({
    critical,
    criticalValue,
    all,
    allValue,
  }: {
    critical: string;
    criticalValue: unknown;
    all: string;
    allValue: unknown;
  }) => ({
    message: `${critical} ${criticalValue} is more than ${all} ${allValue}, of which it is a part`,
    hint: `raise ${all}`,
  }),
  'kubelet-shutdown/one': {
    message: 'shutdownGracePeriodByPodPriority and shutdownGracePeriod exclude each other',
    hint: 'keep one of them',
  },
  'kubelet-gc-thresholds': ({ low, high }: { low: number; high: number }) => ({
    message: `imageGCLowThresholdPercent ${low} is not less than imageGCHighThresholdPercent ${high}`,
    hint: 'clean-up begins at the high one and ends at the low one',
  }),
  'kubelet-parallel-pulls': ({ most }: { most: number }) => ({
    message: `maxParallelImagePulls ${most} and serializeImagePulls exclude each other`,
    hint: 'leave serializeImagePulls out, or set it to false',
  }),
  'kubelet-marks': ({ bit }: { bit: unknown }) => ({
    message: `iptablesDropBit and iptablesMasqueradeBit are both ${bit}`,
    hint: 'choose another bit',
  }),
  'kubelet-run-once': { message: 'runOnce ends it after the static pods', hint: 'remove runOnce' },
  'kubelet-log-query': { message: 'enableSystemLogQuery needs enableSystemLogHandler', hint: 'set it to true' },
  'value-range/log-files': ({ files }: { files: number }) => ({
    message: `containerLogMaxFiles ${files} must be 2 or more`,
    hint: 'keep at least one old file',
  }),
  'value-range/ids': ({ ids }: { ids: number }) => ({
    message: `userNamespaces.idsPerPod ${ids} is not a multiple of 65536`,
    hint: 'for example 65536',
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
  'value-unknown': ({
    field,
    value,
    near,
    choices,
  }: {
    field: string;
    value: string;
    near: string | undefined;
    choices: readonly string[] | undefined;
  }) => ({
    message: `${field} cannot be '${value}'`,
    hint: suggest(near, choices === undefined ? 'see the reference of the program' : `choose one of ${list(choices)}`),
  }),
  'value-unknown/option': ({ field, value, known }: { field: string; value: string; known: readonly string[] }) => ({
    message: `${field} cannot be '${value}'`,
    hint: `options: ${list(known)}`,
  }),
  'value-range': ({ field, value, range }: { field: string; value: unknown; range: ValueRange }) => ({
    message: `${field} ${value} must be ${inRange(range)}`,
    hint: 'write a value in that range',
  }),
  'value-malformed': ({
    field,
    value,
    why,
    example,
  }: {
    field: string;
    value: string;
    why: string;
    example: string | undefined;
  }) => ({
    message: `${field} ${value} ${why}`,
    hint: example === undefined ? 'write that, or leave the field out' : `for example ${example}`,
  }),
});
