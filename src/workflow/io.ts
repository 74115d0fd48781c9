import type { Clock } from '../base/clock.ts';
import { type Diagnostic, hasErrors, type Report } from '../base/diagnostic.ts';
import { UserMistake } from '../base/failure.ts';
import { formatDiagnostics } from '../base/format-diagnostic.ts';
import { jsonText } from '../base/json-document.ts';

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
export interface GlobalOptions {
  /** The cluster file. */
  readonly file: string;
  /** The state directory; `.knode` beside the cluster file when absent. */
  readonly state?: string;
  /** Take the state as the cluster's own from now on, also where other keys are tracked. */
  readonly newState?: boolean;
  /** Hold the state against no tracked keys, and track none of its own. */
  readonly untrackedState?: boolean;
  readonly json?: boolean;
  readonly dryRun?: boolean;
  /** No notices and warnings on stderr. */
  readonly quiet?: boolean;
}

/** Shows warnings and goes on, or stops with everything that is wrong. */
export function demand<T>(report: Report<T>, io: CommandIo): T {
  if (hasErrors(report.diagnostics) || report.value === undefined) throw new UserMistake(report.diagnostics);
  warn(report.diagnostics, io);
  return report.value;
}

export function warn(diagnostics: readonly Diagnostic[], io: CommandIo): void {
  if (diagnostics.length > 0) io.stderr(`${formatDiagnostics(diagnostics, io.colour)}\n`);
}

/** The command's JSON document. A command has one: errors that come after it are put beside what it says. */
export function printJson(value: object, io: CommandIo): void {
  if (io.document === undefined) io.stdout(jsonText(value));
  else io.document(value);
}
