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

/** What a command may touch of its surroundings. Tests pass their own. */
export interface CommandIo {
  /** Bytes come from `render` alone, so a method: what takes only text will do for the others. */
  stdout(data: string | Uint8Array): void;
  readonly stderr: (text: string) => void;
  /** Takes the command's JSON document. Without it, the document goes to stdout at once. */
  readonly document?: (value: object) => void;
  /** Whether stderr is a terminal that may be coloured (NO_COLOR and --no-color switch it off). */
  readonly colour: boolean;
  /** Whether stdout is a terminal, which bytes would garble. */
  readonly stdoutIsTerminal?: boolean;
  /** Where stderr is a terminal: lines on it may be drawn again. */
  readonly terminal?: { readonly columns: () => number };
  readonly clock: Clock;
  readonly randomBytes: (count: number) => Uint8Array;
}

/** Options that every command has. */
export interface GlobalOptions extends SessionOptions {
  readonly json?: boolean;
  /** No notices and warnings on stderr. */
  readonly quiet?: boolean;
}

/** What workflows get of a command's surroundings: their notices go to stderr. */
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

/** Begins a session over the cluster file. @throws UserMistake with everything that is wrong with the file. */
export function begin(options: SessionOptions, io: CommandIo, reading: ReadOptions = {}): Session {
  return openSession(options, surroundings(io), reading);
}

/** Shows warnings and goes on, or stops with everything that is wrong. */
export function demand<T>(report: Report<T>, io: CommandIo): T {
  return demandReport(report, surroundings(io));
}

export function warn(diagnostics: readonly Diagnostic[], io: CommandIo): void {
  if (diagnostics.length > 0) io.stderr(`${formatDiagnostics(diagnostics, io.colour)}\n`);
}

/** The command's JSON document. A command has one: errors that come after it are put beside what it says. */
export function printJson(value: object, io: CommandIo): void {
  if (io.document === undefined) io.stdout(jsonText(value));
  else io.document(value);
}
