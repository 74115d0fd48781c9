import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** One run of a process, as it says itself when it ends. */
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

/** Runs a program to its end and gives the wall-clock milliseconds; one that fails ends the benchmark. */
export function time(program: string, args: readonly string[], input = ''): number {
  const start = performance.now();
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8', input, maxBuffer: 2 ** 30 });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}: ${error ?? stderr}`);
  return performance.now() - start;
}

/** Runs a node program and has it tell what it used. */
export function measure(args: readonly string[]): Run {
  const start = performance.now();
  const child = spawnSync(process.execPath, ['--import', tell, ...args], {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
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
