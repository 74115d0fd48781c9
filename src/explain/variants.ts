import type { DataPath } from '../base/diagnostic.ts';
import { clusterJsonSchema } from '../model/json-schema.ts';

export interface Leaf {
  readonly path: DataPath;
  readonly value: unknown;
}

/** Every scalar value of a document. */
export function leavesOf(data: unknown, path: DataPath = []): Leaf[] {
  if (typeof data !== 'object' || data === null) return [{ path, value: data }];
  const entries: [string | number, unknown][] = Array.isArray(data) ? [...data.entries()] : Object.entries(data);
  return entries.flatMap(([key, value]) => leavesOf(value, [...path, key]));
}

/** A copy of the data with another value at a path, or without the path if the value is `undefined`. */
function changed(data: unknown, [step, ...rest]: DataPath, value: unknown): unknown {
  if (step === undefined) return value;
  const below = (data as Record<string | number, unknown>)[step];
  const next = changed(below, rest, value);
  if (Array.isArray(data))
    return data.flatMap((item, index) => (index !== step ? [item] : next === undefined ? [] : [next]));
  const { [step]: _, ...others } = data as Record<string | number, unknown>;
  return next === undefined ? others : { ...(data as object), [step]: next };
}

interface SchemaNode {
  readonly enum?: readonly unknown[];
  readonly items?: SchemaNode;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
}

let published: SchemaNode | undefined;

/** The values that the schema allows at a path, if it lists them. */
function listedValues(path: DataPath): readonly unknown[] {
  published ??= clusterJsonSchema() as SchemaNode;
  const node = path.reduce<SchemaNode | undefined>((schema, step) => {
    if (typeof step === 'number') return schema?.items;
    return schema?.properties?.[step] ?? schema?.additionalProperties;
  }, published);
  return node?.enum ?? [];
}

/** The text with one number increased or decreased: another minor version, another network, another size. */
function otherTexts(text: string): string[] {
  const numbers = [...text.matchAll(/\d+/g)];
  const shifted = (match: RegExpMatchArray | undefined, by: number) => {
    if (match === undefined) return [];
    const start = match.index ?? 0;
    return [`${text.slice(0, start)}${Number(match[0]) + by}${text.slice(start + match[0].length)}`];
  };
  return [
    ...(numbers.length > 2 ? shifted(numbers[1], 1) : []),
    ...shifted(numbers.at(-1), 1),
    ...shifted(numbers.at(-1), -1),
    ...shifted(numbers[0], 1),
    `${text}x`,
  ];
}

function otherValues(path: DataPath, value: unknown): readonly unknown[] {
  if (typeof value === 'boolean') return [!value];
  if (typeof value === 'number') return [value + 1, value - 1, value * 2];
  const listed = listedValues(path).filter((one) => one !== value);
  return listed.length > 0 ? listed : typeof value === 'string' ? otherTexts(value) : [];
}

/** The data without the setting at `path`, and with other values; not all of them are valid. */
export function variantsOf(data: unknown, path: DataPath): readonly unknown[] {
  return [undefined, ...otherValues(path, valueIn(data, path))].map((value) => changed(data, path, value));
}

function valueIn(data: unknown, path: DataPath): unknown {
  return path.reduce<unknown>((value, step) => (value as Record<string | number, unknown>)[step], data);
}
