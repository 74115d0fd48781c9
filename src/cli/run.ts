import type { Diagnostic } from '../base/diagnostic.ts';
import { EnvironmentFailure, UserMistake } from '../base/failure.ts';
import { formatDiagnostics } from '../base/format-diagnostic.ts';
import { type JsonDocument, jsonDocument } from '../base/json-document.ts';
import type { CommandIo, GlobalOptions } from '../commands/io.ts';
import { Interrupted } from '../workflow/interrupt.ts';
import { clockOf } from './clock-of.ts';
import { say } from './messages.ts';

/** Exit codes; documented in the README and in `--help`. */
export const exitCodes = { done: 0, mistake: 1, usage: 2, failure: 3 } as const;

interface ProcessOptions extends GlobalOptions {
  readonly color?: boolean;
}

/** A command writes only notices and warnings to stderr: it throws errors, and `run` reports them. */
function quiet(io: CommandIo): CommandIo {
  return { ...io, stderr: () => {} };
}

function processIo(options: ProcessOptions): Omit<CommandIo, 'clock' | 'randomBytes'> {
  const wanted = options.color !== false && !process.env.NO_COLOR;
  return {
    stdout: (data) => process.stdout.write(data),
    stderr: (text) => process.stderr.write(text),
    colour: wanted && process.stderr.isTTY === true,
    stdoutIsTerminal: process.stdout.isTTY === true,
    ...(process.stderr.isTTY && process.env.TERM !== 'dumb' && { terminal: { columns: () => process.stderr.columns } }),
  };
}

/**
 * Loads and runs one command. Every failure ends as diagnostics and an exit code, never as a stack trace: on stderr, or
 * with `--json` in the one document on stdout.
 */
export async function run(
  load: () => Promise<(options: never, io: never) => unknown>,
  options: GlobalOptions,
): Promise<void> {
  const io = processIo(options);
  const document = options.json ? jsonDocument() : undefined;
  try {
    const clock = clockOf(process.env, (one) => {
      if (!options.quiet) io.stderr(`${formatDiagnostics([one], io.colour)}\n`);
    });
    // Loaded here, because help does without it.
    const { randomBytes } = await import('node:crypto');
    const whole: CommandIo = { ...io, clock, randomBytes, ...(document && { document: document.hold }) };
    const command = (await load()) as (options: GlobalOptions, io: CommandIo) => unknown;
    await command(options, options.quiet ? quiet(whole) : whole);
    if (document !== undefined) io.stdout(document.done());
  } catch (error) {
    const failure = failureOf(error);
    tellFailure(failure, document, io);
    process.exitCode = failure.exitCode;
    if (error instanceof Interrupted) await error.endProcess();
  }
}

/** Reports wrong usage of the command line, before there is a command to run. */
export function tellUsage(diagnostics: readonly Diagnostic[], options: Partial<ProcessOptions>): void {
  const io = processIo({ file: '', ...options });
  tellFailure({ diagnostics, exitCode: exitCodes.usage }, options.json ? jsonDocument() : undefined, io);
  process.exitCode = exitCodes.usage;
}

/** The output did not reach stdout, for example on a full disk. */
export function outputFailed({ message }: Error): number {
  const failure = {
    severity: 'error',
    ...say('cannot-write', { message }),
  } as const;
  process.stderr.write(formatDiagnostics([failure]));
  return exitCodes.failure;
}

/** The result of a failed command. */
interface Failure {
  readonly diagnostics: readonly Diagnostic[];
  readonly exitCode: number;
  /** Replaces the diagnostics, for people. */
  readonly text?: string;
}

function failureOf(error: unknown): Failure {
  if (error instanceof UserMistake) {
    const { diagnostics } = error;
    // Damage of the state is reported with the user's mistakes, but is not one of them.
    const damaged = diagnostics.some((one) => one.code === 'state-damaged');
    return { diagnostics, exitCode: damaged ? exitCodes.failure : exitCodes.mistake };
  }
  if (error instanceof EnvironmentFailure) {
    const { code, message, hint, details } = error;
    const failure = { severity: 'error', code, message, ...(hint === undefined ? {} : { hint }) } as const;
    return { diagnostics: [...details, failure], exitCode: exitCodes.failure };
  }
  if (error instanceof Interrupted) {
    const { message, name, signal } = error;
    const diagnostic = { severity: 'error', code: name, message: `${message} (${signal})` } as const;
    return { diagnostics: [diagnostic], exitCode: exitCodes.failure, text: `knode: ${message}\n` };
  }
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const message = 'this is a bug of knode';
  const hint = 'please report it with the following lines and the command you ran';
  return {
    diagnostics: [{ severity: 'error', ...say('bug'), snippet: detail }],
    exitCode: exitCodes.failure,
    text: `knode: ${message}, ${hint}\n${detail}\n`,
  };
}

function tellFailure(
  { diagnostics, text }: Failure,
  document: JsonDocument | undefined,
  io: Pick<CommandIo, 'stdout' | 'stderr' | 'colour'>,
): void {
  if (document === undefined) io.stderr(text ?? formatDiagnostics(diagnostics, io.colour));
  else io.stdout(document.failed(diagnostics));
}
