type Plain = Readonly<Record<string, unknown>>;

function isPlain(value: unknown): value is Plain {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.getPrototypeOf(value) === Object.prototype
  );
}

/**
 * Merges the user's fields over knode's: mappings are merged, everything else is replaced, `null` removes a field, at
 * every depth and in lists.
 */
export function merge(ours: Plain, theirs: Plain): Record<string, unknown> {
  const result: Record<string, unknown> = { ...ours };
  for (const [key, value] of Object.entries(theirs)) {
    const mine = result[key];
    if (value === null) delete result[key];
    else result[key] = isPlain(value) ? merge(isPlain(mine) ? mine : {}, value) : entries(value);
  }
  return result;
}

/** The user's list replaces knode's as a whole; fields set to null in its mappings are dropped. */
function entries(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(entries);
  return isPlain(value) ? merge({}, value) : value;
}
