/**
 * Caches every result of `make` by key. For results that never change while knode runs, and for few keys: nothing is
 * evicted.
 */
export function memoize<K, V>(make: (key: K) => V): (key: K) => V {
  const made = new Map<K, V>();
  return (key) => {
    if (!made.has(key)) made.set(key, make(key));
    return made.get(key) as V;
  };
}
