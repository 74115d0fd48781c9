import type { DataPath } from '../../base/diagnostic.ts';

/**
 * To report all mistakes at once, rules also run on a file with wrong values. Reading a wrong value throws, and
 * everything that needs it is skipped. So no code sees a value of the wrong type, and the consequences of a mistake are
 * not reported again.
 */
class Unreadable extends Error {}

/** The result, or undefined if it depends on a broken value. */
export function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

/** For a derived value that cannot be computed. */
export function unreadable(): never {
  throw new Unreadable('a broken place of the cluster file was read');
}

/** How to compute each property of an object. */
export type Parts<T> = { readonly [Key in keyof T]-?: () => T[Key] };

/** An object whose properties are computed on first read: a broken value affects only the properties that need it. */
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
 * A copy of a validated file in which broken places cannot be read.
 * @param strays unknown keys: in the place where they may belong, a default may be wrong.
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

/** Enumerable, so that a mapping with a broken key does not look shorter when its keys are listed. */
function spoil(root: unknown, path: DataPath): void {
  const [last] = path.slice(-1);
  let at: unknown = root;
  for (const step of path.slice(0, -1)) {
    // A getter is broken as a whole.
    at = at === null || typeof at !== 'object' ? undefined : Object.getOwnPropertyDescriptor(at, step)?.value;
  }
  if (last !== undefined && typeof at === 'object' && at !== null)
    Object.defineProperty(at, last, { get: unreadable, enumerable: true, configurable: true });
}

/** `flatMap` that skips results that depend on a broken value. */
export function eachIntact<Item, T>(items: readonly Item[], tell: (item: Item, index: number) => readonly T[]): T[] {
  return items.flatMap((item, index) => attempt(() => tell(item, index)) ?? []);
}
