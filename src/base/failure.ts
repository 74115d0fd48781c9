import type { Diagnostic } from './diagnostic.ts';

/**
 * The environment failed (a disk, a permission, a lock, a damaged state file): not the user's file and not a bug of ours.
 * Carries the same shape as a diagnostic, so that it is shown with a remedy. The process ends with exit code 3.
 */
export class EnvironmentFailure extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  /** What failed one by one, where it was more than one thing; shown before the message. */
  readonly details: readonly Diagnostic[];

  constructor(code: string, message: string, hint?: string, details: readonly Diagnostic[] = []) {
    super(message);
    this.name = 'EnvironmentFailure';
    this.code = code;
    this.hint = hint;
    this.details = details;
  }
}

/** The user's mistake, found where only an exception can carry it out (a command's argument, a file it names). Exit code 1. */
export class UserMistake extends Error {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((d) => d.message).join('\n'));
    this.name = 'UserMistake';
    this.diagnostics = diagnostics;
  }
}

/** One mistake that has no place in a file. */
export function mistake(code: string, message: string, hint: string): UserMistake {
  return new UserMistake([{ severity: 'error', code, message, hint }]);
}

/** One mistake in what an option says, or in leaving it out. */
export function optionMistake(option: string, code: string, message: string, hint: string): UserMistake {
  return new UserMistake([{ severity: 'error', code, message, hint, option }]);
}
