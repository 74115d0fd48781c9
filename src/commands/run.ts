import { randomBytes } from 'node:crypto';
import { type Clock, fixedClock, systemClock } from '../base/clock.ts';
import { EnvironmentFailure, UserMistake } from '../base/failure.ts';
import { formatDiagnostics } from '../base/format-diagnostic.ts';
import type { CommandIo, GlobalOptions } from './io.ts';

/** What a process ends with; documented in the README and in `--help`. */
export const exitCodes = { done: 0, mistake: 1, usage: 2, failure: 3 } as const;

interface ProcessOptions extends GlobalOptions {
  readonly color?: boolean;
}

/** What a command says on stderr is notices and warnings: its errors are thrown, and told by `run`. */
function quiet(io: CommandIo): CommandIo {
  return { ...io, stderr: () => {} };
}

/** SOURCE_DATE_EPOCH (seconds) stops the clock for reproducible output (reproducible-builds.org). */
function clockOf(env: NodeJS.ProcessEnv): Clock {
  const epoch = env.SOURCE_DATE_EPOCH;
  return epoch !== undefined && /^\d+$/.test(epoch)
    ? fixedClock(new Date(Number(epoch) * 1000).toISOString())
    : systemClock;
}

function processIo(options: ProcessOptions): CommandIo {
  const wanted = options.color !== false && !process.env.NO_COLOR;
  return {
    stdout: (data) => process.stdout.write(data),
    stderr: (text) => process.stderr.write(text),
    colour: wanted && process.stderr.isTTY === true,
    stdoutIsTerminal: process.stdout.isTTY === true,
    ...(process.stderr.isTTY && process.env.TERM !== 'dumb' && { terminal: { columns: () => process.stderr.columns } }),
    clock: clockOf(process.env),
    randomBytes,
  };
}

/** Loads and runs one command; whatever goes wrong ends as words on stderr and an exit code, never as a stack trace of the user's. */
export async function run(
  load: () => Promise<(options: never, io: never) => unknown>,
  options: GlobalOptions,
): Promise<void> {
  const io = processIo(options);
  try {
    const command = (await load()) as (options: GlobalOptions, io: CommandIo) => unknown;
    await command(options, options.quiet ? quiet(io) : io);
  } catch (error) {
    process.exitCode = report(error, io);
  }
}

/** What went to stdout did not arrive, on a full disk for example. */
export function outputFailed({ message }: Error): number {
  const hint = 'check the free space of where stdout goes';
  const failure = {
    severity: 'error',
    code: 'cannot-write',
    message: `cannot write stdout: ${message}`,
    hint,
  } as const;
  process.stderr.write(formatDiagnostics([failure]));
  return exitCodes.failure;
}

function report(error: unknown, io: CommandIo): number {
  if (error instanceof UserMistake) {
    io.stderr(formatDiagnostics(error.diagnostics, io.colour));
    // Told with the user's mistakes, and not one of them.
    return error.diagnostics.some((one) => one.code === 'state-damaged') ? exitCodes.failure : exitCodes.mistake;
  }
  if (error instanceof EnvironmentFailure) {
    const { code, message, hint, details } = error;
    const failure = { severity: 'error', code, message, ...(hint === undefined ? {} : { hint }) } as const;
    io.stderr(formatDiagnostics([...details, failure], io.colour));
    return exitCodes.failure;
  }
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  io.stderr(
    `knode: this is a bug of knode, please report it with the following lines and the command you ran\n${detail}\n`,
  );
  return exitCodes.failure;
}
