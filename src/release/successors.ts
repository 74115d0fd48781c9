import { memoize } from '../base/memoize.ts';
import { knownField } from './config-fields.ts';
import { facts } from './facts.ts';
import { type KubernetesProgram, knownFlag, normalizeFlag } from './flags.ts';
import type { EtcdRelease } from './program/etcd-release.ts';

/** Flags of kubelet that are also a field of its configuration file. */
const fieldOfFlag = memoize((_kind: 'KubeletConfiguration') => {
  const fields = Object.entries(facts('config-values').KubeletConfiguration);
  return new Map(fields.flatMap(([field, { flag }]) => (flag === undefined ? [] : [[flag, field] as const])));
});

/** The replacement of a flag, in words for the user; undefined if it is not in the facts. */
function recorded(program: KubernetesProgram | 'etcd', flag: string): string | undefined {
  const own = facts('flag-successors')[program];
  const all = program === 'etcd' ? {} : facts('flag-successors').kubernetes;
  for (const rows of [own, all]) if (Object.hasOwn(rows, flag)) return rows[flag]?.instead;
  return undefined;
}

/**
 * The replacement of something deprecated: a field of kubelet's configuration file, or a phrase such as "use
 * --cleanup".
 */
export type Successor = { readonly field: string } | { readonly instead: string };

/** The replacement of a flag that the minor deprecates; undefined if the flag is not deprecated. */
export function successorOf(program: KubernetesProgram, minor: string, name: string): Successor | undefined {
  const flag = normalizeFlag(name);
  if (!knownFlag(program, minor, flag).deprecated) return undefined;
  const field = program === 'kubelet' ? fieldOfFlag('KubeletConfiguration').get(flag) : undefined;
  if (field !== undefined && knownField('KubeletConfiguration', minor, field).known) return { field };
  return { instead: recorded(program, flag) ?? 'remove it' };
}

/** Like `successorOf`, for etcd. */
export function etcdSuccessorOf(etcd: EtcdRelease, flag: string): Successor | undefined {
  return etcd.knownFlag(flag).deprecated ? { instead: recorded('etcd', flag) ?? 'remove it' } : undefined;
}
