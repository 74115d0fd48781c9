import { facts } from './facts.ts';
import { type FlagAnswer, type FlagFact, type FlagProblem, FlagTable } from './flag-table.ts';
import { contains } from './interval.ts';
import type { RangeFact } from './kubernetes-fact-files.ts';
import { minorIntervals } from './minors.ts';

/** The Kubernetes programs of a node. */
export type KubernetesProgram =
  | 'kube-apiserver'
  | 'kube-controller-manager'
  | 'kube-scheduler'
  | 'kubelet'
  | 'kube-proxy';

/** The name of a flag in the facts: every Kubernetes program accepts `_` for `-` (component-base, cli/flag). */
export function normalizeFlag(name: string): string {
  return name.replaceAll('_', '-');
}

function flagFact(fact: RangeFact): FlagFact {
  const intervals = minorIntervals(fact.minors);
  return fact.deprecated === undefined ? { intervals } : { intervals, deprecated: minorIntervals(fact.deprecated) };
}

const tables = new Map<string, FlagTable>();

/** Made once for each program and minor: the facts do not change while knode runs. */
function table(program: KubernetesProgram, minor: string): FlagTable {
  const key = `${program} ${minor}`;
  const made = tables.get(key);
  if (made) return made;
  const flags = Object.entries(facts('kubernetes-flags')[program] ?? {});
  const index = new Map(flags.map(([name, fact]) => [name, flagFact(fact)]));
  const fresh = new FlagTable(program, minor, index, normalizeFlag);
  tables.set(key, fresh);
  return fresh;
}

/** Whether a minor accepts a flag (source trees of the minors). */
export function knownFlag(program: KubernetesProgram, minor: string, flag: string): FlagAnswer {
  return table(program, minor).known(flag);
}

/** Drops the flags that a minor does not know. Throws if no minor knows a flag. */
export function filterFlags<T>(
  program: KubernetesProgram,
  minor: string,
  flags: Readonly<Record<string, T>>,
): Record<string, T> {
  return table(program, minor).filter(flags);
}

/** The flags of a user that a minor would refuse. */
export function checkExtraArgs(
  program: KubernetesProgram,
  minor: string,
  names: readonly string[],
): readonly FlagProblem[] {
  return table(program, minor).check(names);
}

/** pflag's name for the type of a flag in a minor: `duration`. Undefined for a flag that is not in the facts. */
export function flagTypeName(program: KubernetesProgram, minor: string, flag: string): string | undefined {
  const flags = facts('kubernetes-flags')[program] ?? {};
  const name = normalizeFlag(flag);
  const type = Object.hasOwn(flags, name) ? flags[name]?.type : undefined;
  if (type === undefined || typeof type === 'string') return type;
  const holds = (range: string): boolean => minorIntervals(range).some((interval) => contains(interval, minor));
  return Object.entries(type).find(([range]) => holds(range))?.[1];
}
