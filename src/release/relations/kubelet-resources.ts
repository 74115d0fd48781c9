import { quantity } from './go-values.ts';
import { checkRelations, type FinalValues, type Refusal, type Relation } from './relation.ts';
import { say } from './resource-messages.ts';

type Entries = readonly (readonly [string, unknown])[];

function entries(values: FinalValues, field: string): Entries {
  const map = values.value(field);
  return typeof map === 'object' && map !== null && !Array.isArray(map) ? Object.entries(map) : [];
}

const text = (values: FinalValues, field: string): string => String(values.value(field) ?? '');

function list(values: FinalValues, field: string): readonly string[] {
  const value = values.value(field);
  return Array.isArray(value) ? value.map(String) : [];
}

/** cmd/kubelet/app/server.go, parseResourceList. */
const reservable = ['cpu', 'memory', 'ephemeral-storage', 'pid'];

function badReservations(field: string, values: FinalValues): Refusal[] {
  return entries(values, field).flatMap(([name, value]) => {
    const amount = quantity(value);
    if (!reservable.includes(name)) {
      return [{ ...say('reserved-unknown', { field, name, known: reservable }), fields: [field], key: name }];
    }
    if (amount !== undefined && amount >= 0) return [];
    const words = say('reserved-amount', { field, name, value: JSON.stringify(value) });
    return [{ ...words, fields: [field], key: name }];
  });
}

function total(values: FinalValues, resource: string): number {
  const amounts = ['kubeReserved', 'systemReserved'].flatMap((field) =>
    entries(values, field).filter(([name]) => name === resource),
  );
  return amounts.reduce((sum, [, value]) => sum + (quantity(value) ?? 0), 0);
}

/** pkg/kubelet/cm/cpumanager/cpu_manager.go: exclusive pods must not be able to take all processors. */
const staticNeedsReserve: Relation = {
  fields: ['cpuManagerPolicy', 'kubeReserved'],
  refuses(values) {
    if (values.value('cpuManagerPolicy') !== 'static') return undefined;
    if (total(values, 'cpu') > 0 || text(values, 'reservedSystemCPUs') !== '') return undefined;
    return say('kubelet-cpu-reserve');
  },
};

/** pkg/kubelet/cm/cpumanager/policy_options.go and policy_none.go. */
const cpuOptions: Readonly<Record<string, number>> = {
  'full-pcpus-only': 22,
  'distribute-cpus-across-numa': 23,
  'align-by-socket': 25,
  'distribute-cpus-across-cores': 31,
  'strict-cpu-reservation': 32,
  'prefer-align-cpus-by-uncorecache': 32,
};
/** pkg/kubelet/cm/topologymanager/policy_options.go. */
const topologyOptions: Readonly<Record<string, number>> = {
  'prefer-closest-numa-nodes': 26,
  'max-allowable-numa-nodes': 31,
};

function unknownOptions(field: string, since: Readonly<Record<string, number>>, values: FinalValues): Refusal[] {
  const known = Object.keys(since).filter((name) => (since[name] ?? 0) <= Number(values.minor.split('.')[1]));
  return entries(values, field).flatMap(([name]) => {
    if (known.includes(name)) return [];
    const words = say('value-unknown/option', { field, value: name, known });
    return [{ ...words, fields: [field], key: name, wrong: 'key' }];
  });
}

const optionsNeedStatic: Relation = {
  minors: '1.23-1.36',
  fields: ['cpuManagerPolicyOptions', 'cpuManagerPolicy'],
  refuses(values) {
    if (entries(values, 'cpuManagerPolicyOptions').length === 0 || values.value('cpuManagerPolicy') === 'static')
      return undefined;
    return say('kubelet-cpu-options');
  },
};

function enforcementKeys(minor: string): readonly string[] {
  const compressible = Number(minor.split('.')[1]) >= 32;
  const more = compressible ? ['system-reserved-compressible', 'kube-reserved-compressible'] : [];
  return ['pods', 'system-reserved', 'kube-reserved', ...more, 'none'];
}

const knownEnforcement: Relation = {
  fields: ['enforceNodeAllocatable'],
  refuses(values) {
    const known = enforcementKeys(values.minor);
    const strange = list(values, 'enforceNodeAllocatable').find((key) => !known.includes(key));
    if (strange === undefined) return undefined;
    return say('value-unknown/enforcement', { value: strange, known });
  },
};

const noneAlone: Relation = {
  fields: ['enforceNodeAllocatable'],
  refuses(values) {
    const keys = list(values, 'enforceNodeAllocatable');
    if (!keys.includes('none') || keys.length < 2) return undefined;
    return say('kubelet-enforce/none');
  },
};

function enforcedCgroup(kind: 'system' | 'kube'): Relation {
  const cgroup = `${kind}ReservedCgroup`;
  return {
    fields: ['enforceNodeAllocatable', cgroup],
    refuses(values) {
      const keys = [`${kind}-reserved`, `${kind}-reserved-compressible`];
      const key = list(values, 'enforceNodeAllocatable').find((one) => keys.includes(one));
      if (key === undefined || text(values, cgroup) !== '') return undefined;
      return say('kubelet-enforce/cgroup', { key, kind });
    },
  };
}

const enforcementNeedsQos: Relation = {
  fields: ['cgroupsPerQOS', 'enforceNodeAllocatable'],
  refuses(values) {
    const keys = list(values, 'enforceNodeAllocatable').filter((key) => key !== 'none');
    if (values.value('cgroupsPerQOS') !== false || keys.length === 0) return undefined;
    return say('kubelet-enforce/qos', { keys });
  },
};

const reservedCpusAlone: Relation = {
  minors: '1.17-1.36',
  fields: ['reservedSystemCPUs', 'systemReservedCgroup', 'kubeReservedCgroup'],
  refuses(values) {
    const cgroup = ['systemReservedCgroup', 'kubeReservedCgroup'].find((field) => text(values, field) !== '');
    if (text(values, 'reservedSystemCPUs') === '' || cgroup === undefined) return undefined;
    return say('kubelet-reserved-cpus', { cgroup });
  },
};

const systemCgroups: Relation = {
  fields: ['systemCgroups', 'cgroupRoot'],
  refuses(values) {
    if (text(values, 'systemCgroups') === '' || text(values, 'cgroupRoot') !== '') return undefined;
    return say('kubelet-cgroups');
  },
};

/** pkg/kubelet/cm/container_manager_linux.go, ParseQOSReserved: shares of memory only. */
const qosReserved: Relation = {
  fields: ['qosReserved'],
  refuses(values) {
    const bad = entries(values, 'qosReserved').find(
      ([name, value]) => name !== 'memory' || !/^(\d{1,2}|100)%$/.test(String(value)),
    );
    if (bad === undefined) return undefined;
    return say('value-malformed/share', { entry: bad.join(': ') });
  },
};

/** Reservations, cgroups and the managers of processors. */
export function checkKubeletResources(values: FinalValues): readonly Refusal[] {
  const rows = [staticNeedsReserve, optionsNeedStatic, knownEnforcement, noneAlone];
  const cgroups = [enforcedCgroup('kube'), enforcedCgroup('system'), enforcementNeedsQos, reservedCpusAlone];
  return [
    ...badReservations('kubeReserved', values),
    ...badReservations('systemReserved', values),
    ...unknownOptions('cpuManagerPolicyOptions', cpuOptions, values),
    ...unknownOptions('topologyManagerPolicyOptions', topologyOptions, values),
    ...checkRelations([...rows, ...cgroups, systemCgroups, qosReserved], values),
  ];
}
