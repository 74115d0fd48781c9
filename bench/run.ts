import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Ended {
  readonly seconds: number;
  readonly peakMiB: number;
}

export interface RunLimits {
  /** A program that takes longer is killed, and the benchmark ends. */
  readonly seconds: number;
  /**
   * Called every few seconds; a returned text ends program and benchmark: the server cannot serve the program any more.
   */
  readonly trouble?: () => Promise<string | undefined>;
}

/** How often `trouble` is asked. */
const troubleEveryMs = 5000;

/** Runs a program in a process group of its own, and asks the kernel for its peak memory until it ends. */
export function run(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  limits: RunLimits,
  everyMs: number = troubleEveryMs,
): Promise<Ended> {
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
    let [peak, stderr, why] = [0, '', ''];
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const timer = setInterval(() => {
      peak = Math.max(peak, peakOf(child.pid));
    }, 50);
    const end = (reason: string): void => {
      why = reason;
      killGroup(child.pid);
    };
    const late = setTimeout(() => end(`it took more than ${limits.seconds} s`), limits.seconds * 1000);
    const watch = setInterval(async () => {
      const trouble = await limits.trouble?.().catch(() => undefined);
      if (trouble !== undefined && why === '') end(trouble);
    }, everyMs);
    const clear = (): void => {
      clearTimeout(late);
      for (const each of [timer, watch]) clearInterval(each);
    };
    child.once('error', (error) => {
      clear();
      reject(error);
    });
    child.once('close', (code) => {
      clear();
      const words = [program, ...args].join(' ');
      if (why !== '') reject(new Error(`${words} was ended: ${why}\n${stderr}`));
      else if (code === 0) resolve({ seconds: (performance.now() - begun) / 1000, peakMiB: peak });
      else reject(new Error(`${words} ended with ${code}: ${stderr}`));
    });
  });
}

/** Including child processes: `sh -c` and xargs would leave theirs behind. */
function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

function peakOf(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0; // It has ended.
  }
}
