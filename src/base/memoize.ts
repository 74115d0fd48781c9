/**
 * A function that is asked the same few things again and again, and answers each only once. For what never changes while knode
 * runs, and for keys that are few: nothing is ever forgotten.
 */
export function memoize<K, V>(make: (key: K) => V): (key: K) => V {
  const made = new Map<K, V>();
  return (key) => {
    if (!made.has(key)) made.set(key, make(key));
    return made.get(key) as V;
  };
}
