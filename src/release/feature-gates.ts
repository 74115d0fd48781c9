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
 * What is wrong with a gate that a program is given: one that its minor does not know, and one that is locked to another value, end
 * the program at start (component-base, featuregate/feature_gate.go). Names are told apart by capitals.
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

/** What a gate is unless somebody says otherwise. A gate that the minor does not know bars nothing: it is open for good, or not there yet. */
export function gateIsOnByDefault(minor: string, gate: string): boolean {
  const { gates } = facts('feature-gates');
  const fact = Object.hasOwn(gates, gate) ? gates[gate] : undefined;
  return fact === undefined || !inRange(fact.minors, minor) || inRange(fact.on, minor);
}

/** A gate that is on, and one that it needs, which is off. */
export interface GateNeed {
  readonly gate: string;
  readonly needs: string;
}

/**
 * Which gates a program of a minor finds on without another that they need: it ends at start (component-base,
 * featuregate/feature_gate.go, from 1.35 on).
 * @param given the gates that the program is given; the others are what they are by default.
 */
export function unmetGateNeeds(minor: string, given: ReadonlyMap<string, boolean>): readonly GateNeed[] {
  // With one of these a gate's default follows from its stage, which the facts do not have.
  if (given.size === 0 || given.has('AllAlpha') || given.has('AllBeta')) return [];
  const on = (gate: string): boolean => given.get(gate) ?? gateIsOnByDefault(minor, gate);
  const ranges = Object.entries(facts('feature-gates').needs).filter(([range]) => inRange(range, minor));
  return ranges.flatMap(([, needs]) =>
    Object.entries(needs).flatMap(([gate, others]) =>
      on(gate) ? others.filter((other) => !on(other)).map((other) => ({ gate, needs: other })) : [],
    ),
  );
}
