import type { Diagnostic } from './diagnostic.ts';
import { say } from './messages.ts';

/** At most this many mistakes of one kind are reported: a user with more fixes these first, or meant another file. */
export const mostTold = 500;

/**
 * Reports the first findings, and the number of the others.
 * @param explain is called for the reported ones only.
 */
export function tellFirst<T>(found: readonly T[], explain: (one: T) => Diagnostic): Diagnostic[] {
  const told = found.slice(0, mostTold).map(explain);
  const left = found.length - told.length;
  return left <= 0 ? told : [...told, more(left)];
}

function more(left: number): Diagnostic {
  return { severity: 'error', ...say('more-mistakes', { left }) };
}
