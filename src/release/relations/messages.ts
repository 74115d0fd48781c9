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
