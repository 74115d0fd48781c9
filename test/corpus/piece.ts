export type Json = Readonly<Record<string, unknown>>;

/** The kind of a corpus file, before settings are added. */
export interface Shape {
  readonly minor: number;
  readonly docker: boolean;
  readonly family: string;
  readonly arch: string;
  readonly masters: number;
  readonly workers: number;
  readonly dedicated: number;
  readonly balancers: number;
  readonly balancing: string;
  readonly pool: boolean;
  readonly flannel: boolean;
}

export type Pick = <T>(values: readonly T[]) => T;

/** A setting, or several that go together, as a part of a cluster file. */
export interface Piece {
  readonly name: string;
  /** Files that it can be added to; default: all. */
  readonly when?: (shape: Shape) => boolean;
  /** Number of files that get it; default 12. */
  readonly percent?: number;
  /** Of pieces about the same thing a file has one. */
  readonly about?: string;
  readonly make: (pick: Pick, shape: Shape) => Json;
}

function isMap(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Lays a part over a file: maps are merged, lists joined, everything else is replaced. */
export function lay(under: Json, over: Json): Json {
  const merged: Record<string, unknown> = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const before = merged[key];
    if (isMap(before) && isMap(value)) merged[key] = lay(before, value);
    else if (Array.isArray(before) && Array.isArray(value)) merged[key] = [...before, ...value];
    else merged[key] = value;
  }
  return merged;
}

/** `at('a.b', value)`: the value below these keys. */
export function at(path: string, value: unknown): Json {
  const [first = '', ...rest] = path.split('.');
  return { [first]: rest.length === 0 ? value : at(rest.join('.'), value) };
}
