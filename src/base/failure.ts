import type { Diagnostic } from './diagnostic.ts';

/** What a catalogue says. */
type Telling = Pick<Diagnostic, 'code' | 'message' | 'hint' | 'parameters'>;

/**
 * The environment failed (a disk, a permission, a lock, a damaged state file): neither the user's file nor a bug in
 * knode is at fault. Has the shape of a diagnostic, so that it is shown with a remedy. The process ends with exit code
 * 3.
 */
export class EnvironmentFailure extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  /** The individual failures, if there was more than one; shown before the message. */
  readonly details: readonly Diagnostic[];

  constructor({ code, message, hint }: Telling, details: readonly Diagnostic[] = []) {
    super(message);
    this.name = 'EnvironmentFailure';
    this.code = code;
    this.hint = hint;
    this.details = details;
  }
}

/** The user's mistake, where only an exception can report it (a command's argument, a file it names). Exit code 1. */
export class UserMistake extends Error {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((d) => d.message).join('\n'));
    this.name = 'UserMistake';
    this.diagnostics = diagnostics;
  }
}

/** One mistake without a place in a file. */
export function mistake(said: Telling): UserMistake {
  return new UserMistake([{ severity: 'error', ...said }]);
}

/** One mistake in the value of an option, or in its absence. */
export function optionMistake(option: string, said: Telling): UserMistake {
  return new UserMistake([{ severity: 'error', ...said, option }]);
}
