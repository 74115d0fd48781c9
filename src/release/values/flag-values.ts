import { nearest } from '../../base/nearest.ts';
import type { ValueFact } from '../fact-files.ts';
import { facts } from '../facts.ts';
import { flagTypeName, type KubernetesProgram, normalizeFlag } from '../flags.ts';
import { contains, parseIntervals } from '../interval.ts';
import { flagType } from './flag-types.ts';
import { parseGoDuration } from './go-syntax.ts';

/** Programs whose flag values are checked. */
export type FlagProgram = KubernetesProgram | 'etcd' | 'flanneld';

/** A flag as given to a program. */
export interface GivenFlag {
  readonly flag: string;
  readonly value: string;
}

/** Why a program refuses the value of a flag. */
export interface ValueProblem {
  /** The wrong part: the value, or one item of its list. */
  readonly value: string;
  /** Ends the sentence "it must be …". */
  readonly expected: string;
  readonly hint: string;
}

/** Type of a flag in a version, by its name in the facts. */
function typeOf(program: FlagProgram, minor: string, flag: string): string | undefined {
  if (program === 'flanneld') {
    const type = own(facts('flannel').flags, flag)?.type;
    // flannel's own list type takes each value literally, with commas and quotes (main.go, flagSlice).
    return type === 'stringSlice' ? 'string' : type;
  }
  if (program === 'etcd') return own(facts('etcd').flags, flag)?.type;
  return flagTypeName(program, minor, flag);
}

function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function inRange(range: string | undefined, minor: string): boolean {
  return range === undefined || parseIntervals(range).some((interval) => contains(interval, minor));
}

/** The facts on a flag's value in a minor; the first range that contains the minor counts. */
function valueFact(program: FlagProgram, minor: string, flag: string): ValueFact | undefined {
  if (program === 'flanneld') return undefined;
  const all = facts('flag-values');
  const ofProgram = program === 'kube-proxy' ? {} : all[program];
  const found = own(ofProgram, flag) ?? (program === 'etcd' ? undefined : own(all.kubernetes, flag));
  const entries: readonly ValueFact[] = found === undefined ? [] : [found].flat();
  return entries.find((entry) => inRange(entry.minors, minor));
}

function cipherNames(minor: string): readonly string[] {
  return Object.entries(facts('flag-values').ciphers).flatMap(([range, names]) => (inRange(range, minor) ? names : []));
}

function notAmong(words: readonly string[], value: string): ValueProblem | undefined {
  if (words.includes(value)) return undefined;
  const named = words.filter((word) => word !== '');
  const choices = named.filter((word) => word !== word.toUpperCase());
  const shown = choices.length === 0 ? named : choices;
  const near = nearest(value, shown);
  const all = shown.length > 8 ? `one of ${shown.length} names` : shown.join(', ');
  const expected = shown.length === 1 ? `${shown[0]}` : shown.length > 8 ? all : `one of ${all}`;
  return { value, expected, hint: near === undefined ? `for example ${shown[0]}` : `did you mean '${near}'?` };
}

/** A number, or a duration in nanoseconds; other values were already refused by type. */
function size(value: number | string): number {
  if (typeof value === 'number') return value;
  return parseGoDuration(value) ?? Number(value.replaceAll('_', ''));
}

function outside({ min, max, orZero }: ValueFact, value: string): ValueProblem | undefined {
  const given = size(typeof (min ?? max) === 'number' ? String(Number(value.replaceAll('_', ''))) : value);
  if (Number.isNaN(given) || (orZero && given === 0)) return undefined;
  const low = min !== undefined && given < size(min);
  const high = max !== undefined && given > size(max);
  if (!low && !high) return undefined;
  const expected =
    max === undefined ? `at least ${min}` : min === undefined ? `at most ${max}` : `from ${min} to ${max}`;
  return { value, expected: orZero ? `${expected}, or 0` : expected, hint: `for example ${low ? min : max}` };
}

/**
 * The problem of a flag's value, as far as there are facts: its type, its allowed words, its range.
 * @param given every flag of the program, because some values are read only together with another flag.
 */
export function checkFlagValue(
  program: FlagProgram,
  minor: string,
  { flag, value }: GivenFlag,
  given: readonly GivenFlag[],
): ValueProblem | undefined {
  const name = program === 'etcd' || program === 'flanneld' ? flag : normalizeFlag(flag);
  const fact = valueFact(program, minor, name);
  const type = flagType(fact?.type ?? typeOf(program, minor, name) ?? '');
  if (type && !type.accepts(value)) return { value, expected: type.expected, hint: `for example ${type.example}` };
  if (!fact || (fact.with !== undefined && !given.some((other) => other.flag === fact.with))) return undefined;
  if (fact.oneOf) return notAmong(fact.oneOf, value);
  if (fact.eachOf) {
    const words = fact.eachOf === 'ciphers' ? cipherNames(minor) : fact.eachOf;
    const bare = (item: string): string => (fact.signed ? item.replace(/^-/, '') : item);
    return value.split(',').flatMap((item) => (item === '' ? [] : (notAmong(words, bare(item)) ?? [])))[0];
  }
  if (fact.namesOf) {
    const names = value.split(',').map((item) => item.split('=')[0]?.trim() ?? '');
    return names.flatMap((name) => (name === '' ? [] : (notAmong(fact.namesOf ?? [], name) ?? [])))[0];
  }
  return outside(fact, value);
}
