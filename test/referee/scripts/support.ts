/** Shared by the referees of the node scripts: runs a script below its own root, and leaves nothing behind. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export { sleep };

export const scriptsFolder: string = fileURLToPath(
  new URL('../../../templates/cloud-init/usr/local/lib/knode', import.meta.url),
);

const undo: (() => void | Promise<void>)[] = [];

/** Runs at the end of the test, last one first, whatever happened before. */
export function later(action: () => void | Promise<void>): void {
  undo.push(action);
}

export async function cleanUp(): Promise<void> {
  const failures: unknown[] = [];
  for (let action = undo.pop(); action !== undefined; action = undo.pop()) {
    try {
      await action();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'clean-up failed');
}

export class Root {
  readonly path: string;

  constructor() {
    this.path = mkdtempSync(join(tmpdir(), 'knode-root-'));
    later(() => rmSync(this.path, { recursive: true, force: true }));
  }

  at(path: string): string {
    return join(this.path, path);
  }

  write(path: string, text: string, mode = 0o644): string {
    const file = this.at(path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    chmodSync(file, mode);
    return file;
  }

  read(path: string): string {
    return readFileSync(this.at(path), 'utf8');
  }

  has(path: string): boolean {
    return existsSync(this.at(path));
  }

  env(file: 'node' | 'cluster', values: Record<string, string>): void {
    this.write(`etc/knode/${file}.env`, envText(values));
  }

  /** Stand-ins for programs of the node, found before the real ones. */
  standIn(name: string, bash: string): void {
    this.write(`stand-in/${name}`, `#!/bin/bash\n${bash}\n`, 0o755);
  }
}

function envText(values: Record<string, string>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}="${value}"\n`)
    .join('');
}

export interface RunOptions {
  readonly env?: Record<string, string>;
  readonly args?: readonly string[];
  readonly timeout?: number;
  /** Words before the script, such as those that enter a network name space. */
  readonly prefix?: readonly string[];
}

export interface Ran {
  readonly code: number | null;
  readonly out: string;
}

/** A script that runs. Its output can be looked at while it does. */
export class Running {
  readonly process: ChildProcess;
  readonly finished: Promise<Ran>;
  out = '';

  constructor(command: string, args: readonly string[], env: NodeJS.ProcessEnv) {
    this.process = spawn(command, args, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.out += chunk.toString();
      });
    }
    this.finished = new Promise((resolve, reject) => {
      this.process.on('error', reject);
      this.process.on('close', (code) => resolve({ code, out: this.out }));
    });
    later(() => this.kill());
  }

  /** The script and its children: the process group that this process leads. */
  async kill(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null && this.process.pid !== undefined) {
      process.kill(-this.process.pid, 'SIGKILL');
    }
    await this.finished;
  }

  async says(pattern: RegExp, seconds = 60): Promise<void> {
    await until(
      () => pattern.test(this.out),
      seconds,
      () => `no ${pattern} in:\n${this.out}`,
    );
  }
}

export async function until(
  condition: () => boolean | Promise<boolean>,
  seconds: number,
  message: () => string,
): Promise<void> {
  for (const end = Date.now() + seconds * 1000; ; ) {
    if (await condition()) return;
    if (Date.now() > end) throw new Error(message());
    await sleep(50);
  }
}

export function start(script: string, root: Root, options: RunOptions = {}): Running {
  const env = {
    ...process.env,
    KNODE_ROOT: root.path,
    KNODE_RETRY: '1',
    PATH: `${root.at('stand-in')}:${process.env.PATH}`,
    ...options.env,
  };
  const [program = '', ...words] = [...(options.prefix ?? []), join(scriptsFolder, script), ...(options.args ?? [])];
  return new Running(program, words, env);
}

export async function run(script: string, root: Root, options: RunOptions = {}): Promise<Ran> {
  const running = start(script, root, options);
  const timer = setTimeout(() => void running.kill(), options.timeout ?? 120_000);
  const ran = await running.finished;
  clearTimeout(timer);
  return ran;
}

/** Runs a program of the host and returns what it printed. */
export function sh(command: string, ...args: readonly string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** The programs of the list that this machine lacks. Says so loudly: a skipped referee has proven nothing. */
export function missingTools(...tools: readonly string[]): readonly string[] {
  const missing = tools.filter((tool) => spawnSync('which', [tool]).status !== 0);
  if (process.getuid?.() !== 0) missing.push('root');
  if (missing.length > 0) console.warn(`\n*** SKIPPED, these are missing here: ${missing.join(', ')} ***\n`);
  return missing;
}
