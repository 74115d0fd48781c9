import type { Clock } from '../base/clock.ts';
import type { Diagnostic, Report } from '../base/diagnostic.ts';
import { formatDiagnostics } from '../base/format-diagnostic.ts';
import { jsonText } from '../base/json-document.ts';
import type { ReadOptions } from '../component/read-cluster.ts';
import {
  demand as demandReport,
  openSession,
  type Session,
  type SessionOptions,
  type Surroundings,
} from '../workflow/session.ts';

/** A command's access to its surroundings. Tests pass their own. */
export interface CommandIo {
  /** Only `render` writes bytes. A method, so that implementations for text suffice elsewhere. */
  stdout(data: string | Uint8Array): void;
  readonly stderr: (text: string) => void;
  /** Takes the command's JSON document. If undefined, the document goes to stdout at once. */
  readonly document?: (value: object) => void;
  /** Whether stderr is a terminal that supports colours (NO_COLOR and --no-color disable them). */
  readonly colour: boolean;
  /** Whether stdout is a terminal, which binary output would garble. */
  readonly stdoutIsTerminal?: boolean;
  /** Set if stderr is a terminal, whose lines can be redrawn. */
  readonly terminal?: { readonly columns: () => number };
  readonly clock: Clock;
  readonly randomBytes: (count: number) => Uint8Array;
}

/** Options that every command has. */
export interface GlobalOptions extends SessionOptions {
  readonly json?: boolean;
  /** Suppress notices and warnings on stderr. */
  readonly quiet?: boolean;
}

/** A command's surroundings for workflows: notices go to stderr. */
export function surroundings(io: CommandIo): Surroundings {
  const { clock, randomBytes } = io;
  return {
    clock,
    randomBytes,
    notices: {
      warn: (diagnostics) => warn(diagnostics, io),
      tell: (text) => io.stderr(`knode: ${text}\n`),
    },
  };
}

/**
 * Begins a session over the cluster file.
 * @throws UserMistake with all mistakes in the file.
 */
export function begin(options: SessionOptions, io: CommandIo, reading: ReadOptions = {}): Session {
  return openSession(options, surroundings(io), reading);
}

/** Shows warnings and continues, or stops with all errors. */
export function demand<T>(report: Report<T>, io: CommandIo): T {
  return demandReport(report, surroundings(io));
}

export function warn(diagnostics: readonly Diagnostic[], io: CommandIo): void {
  if (diagnostics.length > 0) io.stderr(`${formatDiagnostics(diagnostics, io.colour)}\n`);
}

/** Writes the command's JSON document. There is only one: later errors are added to it. */
export function printJson(value: object, io: CommandIo): void {
  if (io.document === undefined) io.stdout(jsonText(value));
  else io.document(value);
}
