import { memoize } from '../base/memoize.ts';
import { nearest } from '../base/nearest.ts';
import { facts } from './facts.ts';
import type { KubernetesProgram } from './flags.ts';
import { availability, contains, parseIntervals } from './interval.ts';
import { compareVersions } from './version.ts';

/** Why a program of a minor refuses a feature gate. */
export type GateProblem =
  | { readonly problem: 'unknown'; readonly nearest?: string }
  | { readonly problem: 'elsewhere'; readonly program: string }
  | { readonly problem: 'removed' | 'not-yet'; readonly since: string; readonly until: string }
  | { readonly problem: 'locked'; readonly to: boolean };

function inRange(range: string | undefined, minor: string): boolean {
  return range !== undefined && parseIntervals(range).some((interval) => contains(interval, minor));
}

/** Every gate that a minor knows. */
const gatesOf = memoize((minor: string): readonly string[] =>
  Object.entries(facts('feature-gates').gates).flatMap(([name, { minors }]) => (inRange(minors, minor) ? [name] : [])),
);

/**
 * Checks a gate given to a program: an unknown gate, or a locked one with another value, makes the program exit at
 * start (component-base, featuregate/feature_gate.go). Names are case-sensitive.
 */
export function checkFeatureGate(
  program: KubernetesProgram,
  minor: string,
  gate: string,
  on: boolean,
): GateProblem | undefined {
  const { gates } = facts('feature-gates');
  const fact = Object.hasOwn(gates, gate) ? gates[gate] : undefined;
  if (!fact) {
    const near = nearest(gate, gatesOf(minor));
    return { problem: 'unknown', ...(near === undefined ? {} : { nearest: near }) };
  }
  const { known, since = '', until = '' } = availability(minor, parseIntervals(fact.minors));
  if (!known) {
    const coming = compareVersions(minor, since) < 0;
    return { problem: coming ? 'not-yet' : 'removed', since, until };
  }
  const alone = Object.entries(fact.alone ?? {}).find(([range]) => inRange(range, minor))?.[1];
  if (alone !== undefined && alone !== program) return { problem: 'elsewhere', program: alone };
  const to = inRange(fact.on, minor);
  return inRange(fact.locked, minor) && on !== to ? { problem: 'locked', to } : undefined;
}

/**
 * The default of a gate. A gate that the minor does not know blocks nothing: it is permanently enabled, or does not
 * exist yet.
 */
export function gateIsOnByDefault(minor: string, gate: string): boolean {
  const { gates } = facts('feature-gates');
  const fact = Object.hasOwn(gates, gate) ? gates[gate] : undefined;
  return fact === undefined || !inRange(fact.minors, minor) || inRange(fact.on, minor);
}

/** An enabled gate, and a disabled one that it requires. */
export interface GateNeed {
  readonly gate: string;
  readonly needs: string;
}

/**
 * Gates of a program that are enabled without a gate that they require: the program exits at start (component-base,
 * featuregate/feature_gate.go, from 1.35 on).
 * @param given the gates given to the program; the others have their defaults.
 */
export function unmetGateNeeds(minor: string, given: ReadonlyMap<string, boolean>): readonly GateNeed[] {
  // With one of these a gate's default follows from its stage, which is not in the facts.
  if (given.size === 0 || given.has('AllAlpha') || given.has('AllBeta')) return [];
  const on = (gate: string): boolean => given.get(gate) ?? gateIsOnByDefault(minor, gate);
  const ranges = Object.entries(facts('feature-gates').needs).filter(([range]) => inRange(range, minor));
  return ranges.flatMap(([, needs]) =>
    Object.entries(needs).flatMap(([gate, others]) =>
      on(gate) ? others.filter((other) => !on(other)).map((other) => ({ gate, needs: other })) : [],
    ),
  );
}
