import { checkFieldValues } from './field-values.ts';
import { milliseconds } from './go-values.ts';
import { say } from './messages.ts';
import { checkRelations, type FinalValues, type Refusal, type Relation } from './relation.ts';

type Mode = 'iptables' | 'ipvs' | 'nftables';

const time = (values: FinalValues, field: string): number => milliseconds(values.value(field)) ?? 0;

/** Each mode's rules are updated at least every syncPeriod, and at most every minSyncPeriod. */
function syncPeriods(mode: Mode): Relation {
  const [least, most] = [`${mode}.minSyncPeriod`, `${mode}.syncPeriod`];
  return {
    fields: [least, most],
    refuses(values) {
      if (time(values, least) <= time(values, most)) return undefined;
      return say('kube-proxy-sync', { least, leastValue: values.value(least), most, mostValue: values.value(most) });
    },
  };
}

/**
 * Values that kube-proxy refuses at its start (pkg/proxy/apis/config/validation/validation.go of each minor). The
 * settings of ipvs and of nftables are checked in their own mode only.
 */
export function checkKubeProxyValues(values: FinalValues): readonly Refusal[] {
  const mode = values.value('mode');
  const applies = (field: string | undefined) =>
    ['ipvs', 'nftables'].every((other) => mode === other || !field?.startsWith(`${other}.`));
  const rows = (['iptables', 'ipvs', 'nftables'] as const).map(syncPeriods);
  const found = [...checkFieldValues('KubeProxyConfiguration', values), ...checkRelations(rows, values)];
  return found.filter(({ fields }) => applies(fields[0]));
}
