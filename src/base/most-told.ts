import type { Diagnostic } from './diagnostic.ts';

/** Mistakes of one kind that are told: whoever has more of them mends these first, or meant another file. */
export const mostTold = 500;

/** Tells of the first ones only, and how many there are beyond. @param explain is asked for those that are told. */
export function tellFirst<T>(found: readonly T[], explain: (one: T) => Diagnostic): Diagnostic[] {
  const told = found.slice(0, mostTold).map(explain);
  const left = found.length - told.length;
  return left <= 0 ? told : [...told, more(left)];
}

function more(left: number): Diagnostic {
  const message = `${left} more mistake${left === 1 ? '' : 's'} like the last one ${left === 1 ? 'is' : 'are'} not shown`;
  return { severity: 'error', code: 'more-mistakes', message, hint: 'mend those that are shown first' };
}
