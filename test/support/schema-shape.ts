import type * as z from 'zod';

/** The parts of zod's definitions that walking needs. */
interface Def {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly innerType?: z.core.$ZodType;
  readonly element?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
  readonly entries?: Readonly<Record<string, string>>;
  readonly catchall?: z.core.$ZodType;
}

/** A place of the cluster file; `*` stands for any key or index. */
export interface SchemaPlace {
  readonly path: readonly string[];
  /** zod's word: string, int, enum, object, array, record, … */
  readonly types: readonly string[];
  /** Of one value there: of an item, where it is a list. */
  readonly schema: z.core.$ZodType;
}

/** Every place that a schema has, deepest last. A new setting is among them by itself. */
export function shapeBelow(schema: z.core.$ZodType, path: readonly string[] = []): SchemaPlace[] {
  const def = schema._zod.def as unknown as Def;
  if (def.innerType !== undefined) return shapeBelow(def.innerType, path);
  const here = path.length === 0 ? [] : [{ path, types: typesOf(schema), schema: itemOf(schema) }];
  if (def.shape !== undefined) {
    const named = Object.entries(def.shape).flatMap(([key, inner]) => shapeBelow(inner, [...path, key]));
    // Keys of any name, where the schema lets them through.
    const loose =
      def.catchall?._zod.def.type === 'unknown'
        ? [{ path: [...path, '*'], types: ['lazy'], schema: def.catchall }]
        : [];
    return [...here, ...named, ...loose];
  }
  if (def.element !== undefined)
    return [...here, ...shapeBelow(def.element, path).filter((place) => place.path.length > path.length)];
  if (def.type === 'record' && def.valueType !== undefined)
    return [...here, ...shapeBelow(def.valueType, [...path, '*'])];
  return here;
}

function itemOf(schema: z.core.$ZodType): z.core.$ZodType {
  const { innerType, element } = schema._zod.def as unknown as Def;
  const inner = innerType ?? element;
  return inner === undefined ? schema : itemOf(inner);
}

function typesOf(schema: z.core.$ZodType): string[] {
  const def = schema._zod.def as unknown as Def;
  if (def.innerType !== undefined) return typesOf(def.innerType);
  if (def.type === 'union') return (def.options ?? []).flatMap(typesOf);
  if (def.element !== undefined) return typesOf(def.element).map((type) => `array of ${type}`);
  return [def.type];
}
