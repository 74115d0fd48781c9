import type * as z from 'zod';
import type { DataPath } from '../../base/diagnostic.ts';

/** The parts of zod's definitions that are needed for walking. */
interface Def {
  readonly type: string;
  readonly shape?: Record<string, z.core.$ZodType>;
  readonly innerType?: z.core.$ZodType;
  readonly element?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  const { innerType } = schema._zod.def as unknown as Def;
  return innerType === undefined ? schema : unwrap(innerType);
}

/** The schema at a data path, without its optional and default wrappers; undefined if the path leaves the schema. */
export function schemaAt(root: z.core.$ZodType, path: DataPath): z.core.$ZodType | undefined {
  let current: z.core.$ZodType | undefined = root;
  for (const step of path) {
    if (current === undefined) return undefined;
    const def = unwrap(current)._zod.def as unknown as Def;
    current = typeof step === 'number' ? def.element : (def.shape?.[step] ?? def.valueType);
  }
  return current;
}

/** Keys that an object at this path may have; empty for anything but an object with fixed keys. */
export function keysAt(root: z.core.$ZodType, path: DataPath): readonly string[] {
  const schema = schemaAt(root, path);
  if (schema === undefined) return [];
  return Object.keys((unwrap(schema)._zod.def as unknown as Def).shape ?? {});
}

/** The schema's description of a path, for use as a remedy. */
export function describeAt(root: z.core.$ZodType, path: DataPath): string | undefined {
  let schema = schemaAt(root, path);
  while (schema !== undefined) {
    const { description } = schema as { description?: string };
    if (description !== undefined) return description;
    schema = (schema._zod.def as unknown as Def).innerType;
  }
  return undefined;
}

/** Whether a key may be left out: it is optional or has a default. */
export function mayBeAbsent(root: z.core.$ZodType, path: DataPath): boolean {
  const schema = schemaAt(root, path);
  return schema !== undefined && ['optional', 'default', 'prefault'].includes(schema._zod.def.type);
}
