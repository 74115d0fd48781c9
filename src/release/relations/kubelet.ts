import { checkFieldValues } from './field-values.ts';
import { checkEviction } from './kubelet-eviction.ts';
import { kubeletGates } from './kubelet-gates.ts';
import { kubeletMemory } from './kubelet-memory.ts';
import { checkKubeletResources } from './kubelet-resources.ts';
import { kubeletTimes } from './kubelet-times.ts';
import { say } from './messages.ts';
import { checkRelations, type FinalValues, type Refusal, type Relation } from './relation.ts';

const number = (values: FinalValues, field: string): number => Number(values.value(field));

const imageThresholds: Relation = {
  fields: ['imageGCLowThresholdPercent', 'imageGCHighThresholdPercent'],
  refuses(values) {
    const [low, high] = [number(values, 'imageGCLowThresholdPercent'), number(values, 'imageGCHighThresholdPercent')];
    if (low < high) return undefined;
    return say('kubelet-gc-thresholds', { low, high });
  },
};

const parallelPulls: Relation = {
  minors: '1.27-1.36',
  fields: ['maxParallelImagePulls', 'serializeImagePulls'],
  refuses(values) {
    const most = values.value('maxParallelImagePulls');
    if (typeof most !== 'number' || most <= 1 || values.value('serializeImagePulls') !== true) return undefined;
    return say('kubelet-parallel-pulls', { most });
  },
};

/** pkg/kubelet/kubelet.go, until kubelet gave up the DROP mark (1.27, IPTablesOwnershipCleanup). */
const marksDiffer: Relation = {
  minors: '1.16-1.26',
  fields: ['iptablesDropBit', 'iptablesMasqueradeBit'],
  refuses(values) {
    const bit = values.value('iptablesDropBit');
    if (values.value('makeIPTablesUtilChains') !== true || bit !== values.value('iptablesMasqueradeBit'))
      return undefined;
    return say('kubelet-marks', { bit });
  },
};

const noRunOnce: Relation = {
  fields: ['runOnce'],
  refuses(values) {
    if (values.value('runOnce') !== true) return undefined;
    return say('kubelet-run-once');
  },
};

const systemLogs: Relation = {
  minors: '1.27-1.36',
  fields: ['enableSystemLogQuery', 'enableSystemLogHandler'],
  refuses(values) {
    const both = values.value('enableSystemLogQuery') === true && values.value('enableSystemLogHandler') === false;
    if (!both) return undefined;
    return say('kubelet-log-query');
  },
};

/** pkg/kubelet/logs/container_log_manager.go: dockershim leaves logs to dockerd. */
const logFiles: Relation = {
  fields: ['containerLogMaxFiles'],
  refuses(values) {
    const files = number(values, 'containerLogMaxFiles');
    if (files > 1) return undefined;
    return say('value-range/log-files', { files });
  },
};

const idsPerPod: Relation = {
  minors: '1.33-1.36',
  fields: ['userNamespaces.idsPerPod'],
  refuses(values) {
    const ids = values.value('userNamespaces.idsPerPod');
    if (typeof ids !== 'number' || (ids > 0 && ids % 65536 === 0)) return undefined;
    return say('value-range/ids', { ids });
  },
};

const rows: readonly Relation[] = [
  imageThresholds,
  parallelPulls,
  marksDiffer,
  noRunOnce,
  systemLogs,
  idsPerPod,
  ...kubeletTimes,
  ...kubeletMemory,
  ...kubeletGates,
];

/**
 * Values that kubelet refuses at its start (pkg/kubelet/apis/config/validation/validation.go of each minor,
 * pkg/kubelet/kubelet.go, pkg/kubelet/cm, pkg/kubelet/eviction).
 * @param remote whether kubelet's runtime is a CRI socket; dockershim, which is part of kubelet, checks less.
 */
export function checkKubeletValues(values: FinalValues, { remote }: { readonly remote: boolean }): readonly Refusal[] {
  const found = [
    ...checkFieldValues('KubeletConfiguration', values),
    ...checkKubeletResources(values),
    ...checkEviction(values),
    ...checkRelations(remote ? [...rows, logFiles] : rows, values),
  ];
  return remote ? found : found.filter(({ fields }) => fields[0] !== 'containerLogMaxSize');
}
