import type { Advice } from '../../base/catalogue.ts';
import { contains } from '../interval.ts';
import { minorIntervals } from '../minors.ts';

/** The final values of a program, its own defaults included. Fields are in dotted notation, as in the facts. */
export interface FinalValues {
  readonly minor: string;
  /** undefined if neither the file nor the program has a value. */
  value(field: string): unknown;
}

/** Values that the program refuses. The message follows "kubelet 1.36.3 would not start: ". */
export interface Refusal extends Advice {
  /** The fields involved, the one to point at first. */
  readonly fields: readonly string[];
  /** The wrong key of the first field, which is a map. */
  readonly key?: string;
  /** The key itself is wrong, not its value. */
  readonly wrong?: 'key';
}

/** A relation between fields that a program checks; one row per statement in its sources. */
export interface Relation {
  /** Minors that check it; absent: all. */
  readonly minors?: string;
  readonly fields: readonly string[];
  refuses(values: FinalValues): Omit<Refusal, 'fields'> | undefined;
}

/** Refusals by the relations of this minor. */
export function checkRelations(relations: readonly Relation[], values: FinalValues): readonly Refusal[] {
  return relations.flatMap((relation) => {
    if (!minorIntervals(relation.minors).some((interval) => contains(interval, values.minor))) return [];
    const refusal = relation.refuses(values);
    return refusal === undefined ? [] : [{ ...refusal, fields: relation.fields }];
  });
}
