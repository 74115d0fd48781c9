import { nearest } from '../../base/nearest.ts';
import type { ConfigKind } from '../config-fields.ts';
import type { FieldValueFact } from '../fact-files.ts';
import { facts } from '../facts.ts';
import { contains } from '../interval.ts';
import { minorIntervals } from '../minors.ts';
import { formatExamples, formats } from './formats.ts';
import { milliseconds } from './go-values.ts';
import { say, type ValueRange } from './messages.ts';
import type { FinalValues, Refusal } from './relation.ts';

function held(minors: string | null | undefined, minor: string): boolean {
  return minorIntervals(minors ?? undefined).some((interval) => contains(interval, minor));
}

/** The facts on the values of a field; without facts the program accepts everything. */
export function valueFact(kind: ConfigKind, field: string): FieldValueFact {
  const facts_ = facts('config-values')[kind];
  return (Object.hasOwn(facts_, field) ? facts_[field] : undefined) ?? {};
}

/** The fields with facts. */
export function fieldsWithFacts(kind: ConfigKind): readonly string[] {
  return Object.keys(facts('config-values')[kind]);
}

/** The value that the program uses for a written one. */
export function effectiveValue(kind: ConfigKind, field: string, written: unknown): unknown {
  const fact = valueFact(kind, field);
  const empty = written === undefined || written === null;
  const zero = fact.zero === true && (written === '' || written === 0 || milliseconds(written) === 0);
  return empty || zero ? fact.default : written;
}

/** A number, or the milliseconds of a duration. */
function measure(value: unknown): number | undefined {
  return typeof value === 'number' ? value : milliseconds(value);
}

function outOfRange({ min, max, above }: FieldValueFact, value: unknown): ValueRange | undefined {
  const size = measure(value);
  const [low, high] = [measure(min), measure(max)];
  if (size === undefined) return undefined;
  const fits = (low ?? size) <= size && size <= (high ?? size) && (above === undefined || size > above);
  return fits ? undefined : { min, max, above };
}

/** The values that a field, or each item of its list, accepts. */
function choices({ oneOf, eachOf }: FieldValueFact, minor: string): readonly string[] | undefined {
  if (eachOf !== undefined) return eachOf;
  if (oneOf === undefined) return undefined;
  return Object.keys(oneOf).filter((value) => held(oneOf[value], minor));
}

/** A longer list of choices does not help. */
const mostShown = 12;

function unknownChoice(field: string, fact: FieldValueFact, value: unknown, minor: string): Omit<Refusal, 'fields'>[] {
  const known = choices(fact, minor);
  if (known === undefined) return [];
  const items = (Array.isArray(value) ? value : [value]).filter((item) => typeof item === 'string');
  return items.flatMap((item) => {
    if (known.includes(item)) return [];
    const shown = known.filter((choice) => choice !== '');
    const choices = shown.length > mostShown ? undefined : shown;
    return [say('value-unknown', { field, value: item, near: nearest(item, shown), choices })];
  });
}

function checkField(field: string, fact: FieldValueFact, value: unknown, minor: string): Omit<Refusal, 'fields'>[] {
  const range = outOfRange(fact, value);
  if (range !== undefined) return [say('value-range', { field, value, range })];
  const format = fact.format === undefined ? undefined : formats[fact.format]?.(value, minor);
  if (format === undefined) return unknownChoice(field, fact, value, minor);
  const example = formatExamples[fact.format ?? ''];
  return [say('value-malformed', { field, value: JSON.stringify(value), why: format, example })];
}

/**
 * Values that the program refuses in single fields (facts/config-values.json). Types are checked by
 * `checkConfigFields`: a value that has none of the forms of a fact is left to it.
 */
export function checkFieldValues(kind: ConfigKind, values: FinalValues): readonly Refusal[] {
  return fieldsWithFacts(kind).flatMap((field) => {
    const fact = valueFact(kind, field);
    const value = values.value(field);
    if (value === undefined || !held(fact.minors, values.minor)) return [];
    return checkField(field, fact, value, values.minor).map((found) => ({ ...found, fields: [field] }));
  });
}
