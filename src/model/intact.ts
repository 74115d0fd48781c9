import type { DataPath } from '../base/diagnostic.ts';

/**
 * All mistakes at once means that the rules also run on a file that has wrong values. What is wrong cannot be read: it throws,
 * and whatever wanted it is left out. So nobody sees a value of the wrong type, and no mistake is told a second time as its
 * consequence.
 */
class Unreadable extends Error {}

/** The answer, or nothing if it depends on what is broken. */
export function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

/** For a value that follows from the file, where it follows from nothing. */
export function unreadable(): never {
  throw new Unreadable('a broken place of the cluster file was read');
}

/** How each property of an object is worked out. */
export type Parts<T> = { readonly [Key in keyof T]-?: () => T[Key] };

/** An object whose properties are worked out when they are first read: what is broken spoils only what needs it. */
export function lazily<T extends object>(parts: Parts<T>): T {
  const object = {} as T;
  for (const key of Object.keys(parts) as (keyof T)[]) {
    const get = (): T[keyof T] => {
      const value = parts[key]();
      Object.defineProperty(object, key, { value, enumerable: true, configurable: true });
      return value;
    };
    Object.defineProperty(object, key, { get, enumerable: true, configurable: true });
  }
  return object;
}

/**
 * A copy of what validation made of a file, in which no broken place can be read.
 * @param strays keys that stand where nobody knows them: where they belong, a default may not be what was meant.
 */
export function intactCopy<T>(value: T, written: unknown, broken: readonly DataPath[], strays: ReadonlySet<string>): T {
  const copied = copy(value, written, strays);
  for (const path of broken) spoil(copied, path);
  return copied as T;
}

function copy(value: unknown, written: unknown, strays: ReadonlySet<string>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const result: object = Array.isArray(value) ? [] : {};
  const source = typeof written === 'object' && written !== null ? written : {};
  for (const [key, inner] of Object.entries(value)) {
    const below = Object.hasOwn(source, key) ? (source as Record<string, unknown>)[key] : undefined;
    const get = below === undefined && strays.has(key) ? unreadable : undefined;
    const content = get === undefined ? { value: copy(inner, below, strays), writable: true } : { get };
    Object.defineProperty(result, key, { ...content, enumerable: true, configurable: true });
  }
  return result;
}

/** Enumerable, so that who lists a mapping with a broken key does not take it for a shorter one. */
function spoil(root: unknown, path: DataPath): void {
  const [last] = path.slice(-1);
  let at: unknown = root;
  for (const step of path.slice(0, -1)) {
    // What a getter stands for is broken as a whole.
    at = at === null || typeof at !== 'object' ? undefined : Object.getOwnPropertyDescriptor(at, step)?.value;
  }
  if (last !== undefined && typeof at === 'object' && at !== null)
    Object.defineProperty(at, last, { get: unreadable, enumerable: true, configurable: true });
}

/** `flatMap` that leaves out what cannot be told of a broken item. */
export function eachIntact<Item, T>(items: readonly Item[], tell: (item: Item, index: number) => readonly T[]): T[] {
  return items.flatMap((item, index) => attempt(() => tell(item, index)) ?? []);
}
