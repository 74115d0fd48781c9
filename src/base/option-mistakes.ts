import type { Diagnostic } from './diagnostic.ts';
import { UserMistake } from './failure.ts';

/** Runs a check of an option's value. Its mistakes name the option as their place, unless they have a better one. */
export function ofOption<T>(option: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof UserMistake)) throw error;
    throw new UserMistake(error.diagnostics.map((one) => (one.span || one.path ? one : { option, ...one })));
  }
}

type Checks<T extends readonly unknown[]> = { readonly [Index in keyof T]: () => T[Index] };

/**
 * Runs independent checks, so that the mistakes of all of them are reported together.
 * @param whenFailed checks that are made later anyway; they are made now only if there is already a mistake.
 * @throws UserMistake with the mistakes of every check.
 */
export function together<T extends readonly unknown[]>(checks: Checks<T>, whenFailed: Checks<unknown[]> = []): T {
  const found: Diagnostic[] = [];
  const attempt = (check: () => unknown): unknown => {
    try {
      return check();
    } catch (error) {
      if (!(error instanceof UserMistake)) throw error;
      found.push(...error.diagnostics);
      return undefined;
    }
  };
  const values = checks.map(attempt);
  if (found.length > 0) {
    whenFailed.forEach(attempt);
    throw new UserMistake(found);
  }
  return values as unknown as T;
}
