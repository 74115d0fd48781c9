/** Needed by every referee: run an outside program, check whether it exists, leave nothing behind. */
import { spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe } from 'vitest';

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ShOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
  /** Killed after this long; the default is two minutes. */
  readonly timeoutMs?: number;
  /** Reject when the exit code is not 0. */
  readonly check?: boolean;
}

// Daemons and mkfs live in sbin, which a plain user's PATH may lack.
const path = [process.env.PATH ?? '', '/usr/local/sbin', '/usr/sbin', '/sbin'].join(delimiter);

/** Runs a program without a shell; its output is captured, its exit code (128 + n for signal n's kill) returned. */
export function sh(cmd: string, args: readonly string[] = [], options: ShOptions = {}): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(cmd, args, {
      cwd: options.cwd,
      env: { ...process.env, PATH: path, ...options.env },
      stdio: 'pipe',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk;
    });
    const forget = onExit(() => child.kill('SIGKILL'));
    const limit = options.timeoutMs ?? 120_000;
    const timer = setTimeout(() => {
      stderr += `\n(killed after ${limit} ms)`;
      child.kill('SIGKILL');
    }, limit);
    child.on('error', (error) => {
      clearTimeout(timer);
      forget();
      reject(error);
    });
    child.on('close', (exit) => {
      clearTimeout(timer);
      forget();
      const done = { code: exit ?? 137, stdout, stderr };
      if (options.check && done.code !== 0) {
        reject(new Error(`${[cmd, ...args].join(' ')}: exit code ${done.code}\n${stdout}${stderr}`));
      } else resolve(done);
    });
    // A program that ends without reading its input is no error of ours.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });
}

/** The program's full path, or undefined. */
export function which(name: string): string | undefined {
  for (const dir of path.split(delimiter)) {
    const candidate = join(dir || '.', name);
    try {
      accessSync(candidate, constants.X_OK);
      return candidate;
    } catch {
      // the next folder
    }
  }
  return undefined;
}

function absent(reason: string): undefined {
  if (process.env.CI) throw new Error(`referee: ${reason}`);
  process.stderr.write(`\nREFEREE SKIPPED: ${reason}\n`);
  return undefined;
}

/** The program's path. If it is missing: an error in CI, elsewhere undefined and a message on stderr. */
export function requireTool(name: string, debianPackage: string): string | undefined {
  return which(name) ?? absent(`${name} is missing (Debian package ${debianPackage}; run scripts/setup-referees.sh)`);
}

/** True for root. Otherwise: an error in CI, elsewhere false and a message on stderr. */
function requireRoot(): boolean {
  if (process.getuid?.() === 0) return true;
  absent('it must run as root');
  return false;
}

export interface Needs {
  /** Program name → Debian package. */
  readonly tools?: Readonly<Record<string, string>>;
  readonly root?: boolean;
}

/** `describe`, or `describe.skip` (with a message, and never in CI) if the referee's requirements are missing. */
export function describeReferee(title: string, needs: Needs, body: () => void): void {
  const tools = Object.entries(needs.tools ?? {}).filter(([name, pkg]) => requireTool(name, pkg) === undefined);
  const asRoot = !needs.root || requireRoot();
  const why = [...tools.map(([name]) => `no ${name}`), ...(asRoot ? [] : ['not root'])].join(', ');
  describe.skipIf(why !== '')(why === '' ? title : `${title} (skipped: ${why})`, body);
}

const cleanups = new Set<() => void>();
let armed = false;

function cleanUp(): void {
  for (const cleanup of [...cleanups].reverse()) {
    cleanups.delete(cleanup);
    try {
      cleanup();
    } catch (error) {
      process.stderr.write(`referee clean-up: ${String(error)}\n`);
    }
  }
}

/** Runs the (synchronous) function when this process ends, by a signal too; returns a function that cancels it. */
export function onExit(cleanup: () => void): () => void {
  if (!armed) {
    armed = true;
    process.on('exit', cleanUp);
    // vitest's workers outlive an interrupted vitest; this is how they notice.
    process.once('disconnect', () => {
      cleanUp();
      process.exit(1);
    });
    for (const [signal, number] of [['SIGINT', 2] as const, ['SIGTERM', 15] as const, ['SIGHUP', 1] as const]) {
      process.once(signal, () => {
        cleanUp();
        process.exit(128 + number);
      });
    }
  }
  cleanups.add(cleanup);
  return () => void cleanups.delete(cleanup);
}

/** An empty folder that is gone when this process ends; KNODE_KEEP=1 keeps it and prints its path. */
export function tempDir(purpose: string): string {
  const dir = mkdtempSync(join(tmpdir(), `knode-${purpose}-`));
  if (process.env.KNODE_KEEP) process.stderr.write(`kept: ${dir}\n`);
  else onExit(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
