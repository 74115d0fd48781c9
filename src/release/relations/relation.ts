import type { Advice } from '../../base/catalogue.ts';
import { contains } from '../interval.ts';
import { minorIntervals } from '../minors.ts';

/** The values that a program ends up with, its own defaults included. Fields are written with dots, as in the facts. */
export interface FinalValues {
  readonly minor: string;
  /** undefined where neither the file nor the program says anything. */
  value(field: string): unknown;
}

/** Values that the program refuses. The message follows "kubelet 1.36.3 would not start: ". */
export interface Refusal extends Advice {
  /** The fields it is about, the one to point at first. */
  readonly fields: readonly string[];
  /** The key of the first field, a map, that is wrong. */
  readonly key?: string;
  /** Not its value, but the key itself is wrong. */
  readonly wrong?: 'key';
}

/** What a program holds between the values of its fields; one row for each sentence of its sources. */
export interface Relation {
  /** Minors that hold it; absent: all. */
  readonly minors?: string;
  readonly fields: readonly string[];
  refuses(values: FinalValues): Omit<Refusal, 'fields'> | undefined;
}

/** What the rows that this minor holds refuse. */
export function checkRelations(relations: readonly Relation[], values: FinalValues): readonly Refusal[] {
  return relations.flatMap((relation) => {
    if (!minorIntervals(relation.minors).some((interval) => contains(interval, values.minor))) return [];
    const refusal = relation.refuses(values);
    return refusal === undefined ? [] : [{ ...refusal, fields: relation.fields }];
  });
}
