import { memoize } from '../base/memoize.ts';
import { nearest } from '../base/nearest.ts';
import { facts } from './facts.ts';
import { availability, contains } from './interval.ts';
import { isRecord, jsonType } from './json-type.ts';
import type { FieldFact } from './kubernetes-fact-files.ts';
import { minorIntervals } from './minors.ts';
import { compareVersions } from './version.ts';

export type ConfigKind = 'KubeletConfiguration' | 'KubeProxyConfiguration';

/** A field that the chosen minor does not accept as it is. */
export interface FieldProblem {
  /** Keys from the top: `['authentication', 'x509', 'clientCAFile']`. */
  readonly path: readonly string[];
  readonly problem: 'unknown' | 'removed' | 'not-yet' | 'type';
  readonly since?: string;
  readonly until?: string;
  /** A field of the chosen minor with a similar name, last key only; with `unknown`. */
  readonly nearest?: string;
  /** In words, with `type`: "a whole number". */
  readonly expected?: string;
}

export interface FieldAnswer {
  readonly known: boolean;
  readonly since?: string;
  readonly until?: string;
  readonly type?: string;
}

/** Every object may have these two; they are not in the facts. */
const typeMeta = ['apiVersion', 'kind'];

const integerOnly = 'duration string or integer nanoseconds (integer only before 1.28)';

function fieldFact(kind: ConfigKind, field: string): FieldFact | undefined {
  return Object.hasOwn(facts('kubernetes-configs')[kind], field) ? facts('kubernetes-configs')[kind][field] : undefined;
}

/** Every node needs the same few fields of one minor. */
const answersOf = memoize((_kindAndMinor: string) => new Map<string, FieldAnswer>());

/** Whether a minor has a field, in dotted notation (config types of the minors). */
export function knownField(kind: ConfigKind, minor: string, field: string): FieldAnswer {
  const answers = answersOf(`${kind} ${minor}`);
  const known = answers.get(field);
  if (known !== undefined) return known;
  const fact = fieldFact(kind, field);
  if (!fact) return { known: false };
  const answer = { ...availability(minor, minorIntervals(fact.minors)), type: fact.type };
  answers.set(field, answer);
  return answer;
}

/** Whether a field, in dotted notation, has no effect in a minor that still accepts it. */
export function fieldIsDeprecated(kind: ConfigKind, minor: string, field: string): boolean {
  const deprecated = fieldFact(kind, field)?.deprecated;
  return deprecated !== undefined && minorIntervals(deprecated).some((interval) => contains(interval, minor));
}

/**
 * Fields that a minor would ignore (an unknown field is a logged warning in every minor) or refuse (a wrong type is
 * fatal). Fields whose value is a map or a list are checked as a whole, without descending into them.
 */
export function checkConfigFields(
  kind: ConfigKind,
  minor: string,
  config: Readonly<Record<string, unknown>>,
): readonly FieldProblem[] {
  return checkLevel({ kind, minor }, config, []);
}

interface Asked {
  readonly kind: ConfigKind;
  readonly minor: string;
}

function checkLevel(asked: Asked, level: Readonly<Record<string, unknown>>, at: readonly string[]): FieldProblem[] {
  return Object.entries(level).flatMap(([key, value]) => {
    if (at.length === 0 && typeMeta.includes(key)) return [];
    return checkField(asked, value, [...at, key]);
  });
}

function checkField(asked: Asked, value: unknown, path: readonly string[]): FieldProblem[] {
  // A dot within a key is not a path: only the facts write nested fields like this.
  if (path.at(-1)?.includes('.')) return [unknownField(asked, path)];
  const { known, since, until, type } = knownField(asked.kind, asked.minor, path.join('.'));
  if (type === undefined || since === undefined || until === undefined) return [unknownField(asked, path)];
  if (!known) {
    const problem = compareVersions(asked.minor, since) < 0 ? 'not-yet' : 'removed';
    return [{ path, problem, since, until }];
  }
  // null is Go's "not set": it decodes into every type.
  if (value === null) return [];
  const effective = type === integerOnly && compareVersions(asked.minor, '1.28') < 0 ? 'int64' : type;
  const { check, words } = jsonType(effective);
  if (!check(value)) return [{ path, problem: 'type', expected: words }];
  return type === 'object' && isRecord(value) ? checkLevel(asked, value, path) : [];
}

function unknownField(asked: Asked, path: readonly string[]): FieldProblem {
  const prefix = path
    .slice(0, -1)
    .map((key) => `${key}.`)
    .join('');
  const siblings = Object.keys(facts('kubernetes-configs')[asked.kind])
    .filter((field) => field.startsWith(prefix) && !field.slice(prefix.length).includes('.'))
    .filter((field) => knownField(asked.kind, asked.minor, field).known)
    .map((field) => field.slice(prefix.length));
  const candidate = nearest(path.at(-1) ?? '', siblings);
  return { path, problem: 'unknown', ...(candidate === undefined ? {} : { nearest: candidate }) };
}

/** Drops the fields that a minor does not know, at every depth. Throws if no minor knows a field. */
export function filterConfigFields(
  kind: ConfigKind,
  minor: string,
  config: Readonly<Record<string, unknown>>,
  at: readonly string[] = [],
): Record<string, unknown> {
  const kept = Object.entries(config).flatMap(([key, value]) => {
    if (at.length === 0 && typeMeta.includes(key)) return [[key, value] as const];
    const path = [...at, key];
    const { known, type } = knownField(kind, minor, path.join('.'));
    if (type === undefined) throw new Error(`no minor has the field ${path.join('.')} in ${kind}`);
    if (!known) return [];
    const inner = type === 'object' && isRecord(value) ? filterConfigFields(kind, minor, value, path) : value;
    return [[key, inner] as const];
  });
  return Object.fromEntries(kept);
}
