/**
 * Boots a blank Debian machine with real systemd and real cloud-init on a NoCloud seed, as a systemd-nspawn container
 * at native speed. Needs root.
 */
import { type ChildProcess, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { type Finished, onExit, type ShOptions, sh, sleep } from '../tools.ts';
import {
  entering,
  initOf,
  isAlive,
  kill,
  killContainer,
  nodeEnv,
  rebootAsked,
  runIn,
  startContainer,
} from './container.ts';
import * as host from './lab-host.ts';
import { ensureImage, judgesIn, type Suite, wantsUnified } from './suites.ts';

export interface BootOptions {
  /** Holds `user-data`, `meta-data` and, if wanted, `network-config` (version 2) and `vendor-data`. */
  readonly seedDir: string;
  /** For messages only: the machine's host name comes from its seed. */
  readonly name: string;
  /** Whose programs boot it; Debian 12 when absent. */
  readonly suite?: Suite;
  /** Leave the root tree in place after `stop()`; the next run removes it. */
  readonly keepRoot?: boolean;
  /** The MAC address of eth0, for a network-config that matches by it. */
  readonly mac?: string;
  /** Called with the tree before the machine starts: adds what a golden image or a data centre would have put there. */
  readonly prepare?: (rootDir: string) => void | Promise<void>;
  /** More options for systemd-nspawn, such as `--bind=/dev/loop0:/dev/vdb`. */
  readonly nspawn?: readonly string[];
  /** How long cloud-init may take; the default is four minutes. */
  readonly timeoutMs?: number;
}

interface CloudInitStatus {
  readonly result: { readonly v1: { readonly datasource: string | null; readonly errors: readonly string[] } };
  readonly status: { readonly v1: Readonly<Record<string, unknown>> };
}

export interface BootedNode {
  readonly rootDir: string;
  readonly status: CloudInitStatus;
  readonly bootMs: number;
  /** Runs a program in the machine, as root and with a login's PATH. */
  run(cmd: readonly string[], options?: Omit<ShOptions, 'cwd'>): Promise<Finished>;
  /** The journal of the machine so far; works after `stop()` too if the root was kept. */
  journal(): string;
  /** What the machine printed on its console. */
  console(): string;
  /** Power cut, and everything that the machine borrowed is given back. May be called twice. */
  stop(): Promise<void>;
}

const seedFiles = ['user-data', 'meta-data', 'network-config', 'vendor-data'];

const nodesDir = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'knode', 'nodes');

const running = new Set<Machine>();
/** This machine's own kernel settings, in memory and in a file for the next run, should this one be killed. */
let sysctls: host.Sysctls | undefined;
const settingsSuffix = 'host-settings.json';
const settingsFile = join(nodesDir, `${host.prefix}${process.pid}-${settingsSuffix}`);

/** Boots a machine and returns when cloud-init has ended; rejects (and cleans up) when it does not end in time. */
export async function bootNode(options: BootOptions): Promise<BootedNode> {
  if (process.getuid?.() !== 0) throw new Error('booting a node needs root');
  const { suite = 'bookworm' } = options;
  const image = await ensureImage(suite);
  process.stderr.write(`${options.name} boots ${judgesIn(image, suite)}\n`);
  const machine = new Machine(options);
  try {
    await machine.start(image);
    await machine.cloudInitEnd();
  } catch (error) {
    const report = machine.report();
    await machine.stop();
    throw new Error(`node ${options.name}: ${error instanceof Error ? error.message : String(error)}\n${report}`);
  }
  return machine;
}

// A test that failed half-way leaves no machine running: each referee file that imports this module gets the hook.
afterAll(async () => {
  await Promise.all([...running].map((machine) => machine.stop()));
});

function sweep(): void {
  host.sweepHost();
  if (!existsSync(nodesDir)) return;
  for (const name of readdirSync(nodesDir).filter(host.isLeftover)) {
    if (name.endsWith(settingsSuffix)) host.restoreSysctls(new Map(JSON.parse(readOr('[]', join(nodesDir, name)))));
    removeTree(join(nodesDir, name));
  }
}

function removeTree(dir: string): void {
  // Never through a mount, whatever was left of one.
  spawnSync('rm', ['-rf', '--one-file-system', dir], { stdio: 'inherit' });
}

function readOr(fallback: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return fallback;
  }
}

class Machine implements BootedNode {
  readonly rootDir: string;
  status: CloudInitStatus = { result: { v1: { datasource: null, errors: [] } }, status: { v1: {} } };
  bootMs = 0;

  readonly #options: BootOptions;
  readonly #id = host.nextId();
  readonly #dir = join(nodesDir, this.#id);
  readonly #forget: () => void;
  #cgroups: string[] = [];
  #unshare: ChildProcess | undefined;
  #console = '';
  #stopped: Promise<void> | undefined;

  constructor(options: BootOptions) {
    this.#options = options;
    this.rootDir = join(this.#dir, 'root');
    if (running.size === 0) {
      sweep();
      sysctls = host.readSysctls();
      mkdirSync(nodesDir, { recursive: true, mode: 0o700 });
      writeFileSync(settingsFile, JSON.stringify([...sysctls]));
    }
    running.add(this);
    this.#forget = onExit(() => this.#stopNow());
  }

  async start(image: string): Promise<void> {
    const { seedDir, mac, prepare } = this.#options;
    mkdirSync(this.#dir, { recursive: true, mode: 0o700 });
    await sh('cp', ['-a', '--reflink=auto', image, this.rootDir], { check: true, timeoutMs: 300_000 });
    const seed = join(this.rootDir, 'var/lib/cloud/seed/nocloud');
    mkdirSync(seed, { recursive: true });
    for (const file of seedFiles.filter((name) => existsSync(join(seedDir, name)))) {
      copyFileSync(join(seedDir, file), join(seed, file));
    }
    await prepare?.(this.rootDir);
    const netns = await host.createNetwork(this.#id, mac);
    if (this.#stopped) {
      this.#giveBack();
      throw new Error('stopped before it started');
    }
    this.#cgroups = host.createCgroups(this.#id);
    this.#powerOn(netns);
  }

  #powerOn(netns: string): void {
    const child = startContainer({
      id: this.#id,
      root: this.rootDir,
      netns,
      cgroups: this.#cgroups,
      unified: wantsUnified(this.rootDir),
      nspawn: this.#options.nspawn ?? [],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        this.#console = (this.#console + chunk).slice(-1_000_000);
      });
    }
    child.on('exit', (code) => {
      if (code === rebootAsked && !this.#stopped) this.#powerOn(netns);
    });
    this.#unshare = child;
  }

  #initPid(): number | undefined {
    return initOf(this.#unshare);
  }

  async cloudInitEnd(): Promise<void> {
    const started = Date.now();
    const limit = this.#options.timeoutMs ?? 240_000;
    const data = join(this.rootDir, 'var/lib/cloud/data');
    while (!existsSync(join(data, 'result.json'))) {
      if (this.#unshare?.exitCode != null && this.#unshare.exitCode !== rebootAsked) {
        throw new Error(`the machine ended (exit code ${this.#unshare.exitCode}) before cloud-init did`);
      }
      if (existsSync(`/proc/${this.#initPid()}/root/run/cloud-init/disabled`))
        throw new Error('cloud-init is disabled');
      if (Date.now() - started > limit) throw new Error(`cloud-init did not end within ${limit / 1000} s`);
      await sleep(100);
    }
    this.bootMs = Date.now() - started;
    const read = (file: string): unknown => JSON.parse(readFileSync(join(data, file), 'utf8'));
    this.status = { result: read('result.json'), status: read('status.json') } as CloudInitStatus;
  }

  async run(cmd: readonly string[], options: Omit<ShOptions, 'cwd'> = {}): Promise<Finished> {
    const pid = this.#initPid();
    if (pid === undefined) throw new Error(`node ${this.#options.name} is not running`);
    return runIn(pid, cmd, options);
  }

  journal(): string {
    const pid = this.#initPid();
    const [cmd, ...args] =
      pid === undefined
        ? ['journalctl', '--directory', join(this.rootDir, 'var/log/journal')]
        : ['nsenter', ...entering(pid), 'journalctl'];
    const options = { encoding: 'utf8', maxBuffer: 1 << 28, env: { ...process.env, ...nodeEnv } } as const;
    return spawnSync(cmd!, [...args, '--no-pager', '--output=short-monotonic'], options).stdout;
  }

  console(): string {
    return this.#console;
  }

  /** Information to print after a failed boot. */
  report(): string {
    const log = join(this.rootDir, 'var/log/cloud-init.log');
    const tail = (text: string): string => text.trimEnd().split('\n').slice(-40).join('\n');
    const cloudInit = existsSync(log) ? tail(readFileSync(log, 'utf8')) : '(none)';
    return `--- console\n${tail(this.#console)}\n--- cloud-init.log\n${cloudInit}`;
  }

  stop(): Promise<void> {
    this.#stopped ??= (async () => {
      this.#kill();
      for (let waited = 0; this.#isUp() && waited < 10_000; waited += 20) await sleep(20);
      this.#giveBack();
    })();
    return this.#stopped;
  }

  /** For the end of the process, where nothing can be awaited. */
  #stopNow(): void {
    this.#stopped ??= Promise.resolve();
    this.#kill();
    for (let waited = 0; this.#isUp() && waited < 5_000; waited += 20) host.sleepSync(20);
    this.#giveBack();
  }

  #isUp(): boolean {
    return isAlive(this.#unshare?.pid);
  }

  #kill(): void {
    killContainer(this.#unshare);
  }

  #giveBack(): void {
    running.delete(this);
    this.#forget();
    kill(this.#unshare?.pid);
    if (!host.removeCgroups(this.#cgroups)) process.stderr.write(`cgroups of ${this.#id} are still busy\n`);
    host.removeNetwork(this.#id);
    removeTree(`/run/systemd/nspawn/propagate/${this.#id}`);
    if (this.#options.keepRoot) process.stderr.write(`node ${this.#options.name}: root kept in ${this.rootDir}\n`);
    else removeTree(this.#dir);
    if (running.size > 0) return;
    host.removeLab();
    if (sysctls) host.restoreSysctls(sysctls);
    removeTree(settingsFile);
  }
}
