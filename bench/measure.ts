import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The report of a process at its end. */
export interface Run {
  readonly milliseconds: number;
  /** User and system time, all threads. */
  readonly cpuMilliseconds: number;
  readonly maxRssMiB: number;
}

const tell = `data:text/javascript,${encodeURIComponent(`
  import { writeSync } from 'node:fs';
  process.on('exit', () => writeSync(3, JSON.stringify(process.resourceUsage())));
`)}`;

/** More than any of them takes: a program that hangs ends the benchmark. */
const longestMs = 20 * 60_000;

/**
 * Removes what changes the start of every Node process: reading the certificates of NODE_EXTRA_CA_CERTS takes about 30 ms, more than
 * Node itself, and hides how long knode takes. Returns the names of the variables that were set.
 */
export function withoutStartOptions(env: NodeJS.ProcessEnv): readonly string[] {
  const names = ['NODE_EXTRA_CA_CERTS', 'NODE_OPTIONS', 'NODE_COMPILE_CACHE', 'NODE_DISABLE_COMPILE_CACHE'];
  const found = names.filter((name) => env[name] !== undefined);
  for (const name of found) delete env[name];
  return found;
}

/** Runs a program to its end and returns the wall-clock milliseconds; a failure ends the benchmark. */
export function time(program: string, args: readonly string[], input = ''): number {
  const start = performance.now();
  const { status, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    input,
    maxBuffer: 2 ** 30,
    timeout: longestMs,
  });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}: ${error ?? stderr}`);
  return performance.now() - start;
}

/** Runs a node program that reports its resource usage. */
export function measure(args: readonly string[]): Run {
  const start = performance.now();
  const child = spawnSync(process.execPath, ['--import', tell, ...args], {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    timeout: longestMs,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const milliseconds = performance.now() - start;
  if (child.status !== 0) throw new Error(`${args.join(' ')} ended with ${child.status}: ${child.stderr}`);
  const used = JSON.parse(String(child.output[3])) as NodeJS.ResourceUsage;
  return {
    milliseconds,
    cpuMilliseconds: (used.userCPUTime + used.systemCPUTime) / 1000,
    maxRssMiB: used.maxRSS / 1024,
  };
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Each round runs every case once, so that a busy moment meets all of them. */
export function inTurns<T>(cases: ReadonlyMap<string, () => T>, rounds: number): ReadonlyMap<string, readonly T[]> {
  const results = new Map<string, T[]>([...cases.keys()].map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) for (const [name, run] of cases) results.get(name)?.push(run());
  return results;
}

/** Whether a program can be found on the path. */
export function installed(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Bytes a second of SHA-256 on one core, here and now. */
export function hashRate(): number {
  const block = Buffer.alloc(2 ** 26);
  const begun = performance.now();
  createHash('sha256').update(block).digest();
  return (block.length / (performance.now() - begun)) * 1000;
}
