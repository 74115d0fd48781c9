/**
 * A node without an operating system of its own: the rendered tree as a root, with this machine's /usr below it, in its
 * own name spaces. Its processes cannot reach this machine's files, ports or processes, and end with its first process.
 * For daemons whose rendered command lines name absolute paths. Needs root.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseUnitExec } from '../../oracle/unit.ts';
import { type RenderedNode, readTree } from '../rendered.ts';
import { type Finished, onExit, type ShOptions, sh, sleep, tempDir } from '../tools.ts';

export interface NodeRootOptions {
  /** Path of a network name space; a new one with only loopback when absent. */
  readonly netns?: string;
  /** Program in /usr/local/bin of the node → this machine's own, below /usr or anywhere else. */
  readonly programs?: Readonly<Record<string, string>>;
}

/** Files of /etc that this machine's programs in /usr need. */
const hostEtc = [
  'passwd',
  'group',
  'nsswitch.conf',
  'ld.so.cache',
  'ld.so.conf',
  'alternatives',
  'ssl',
  'nginx',
  'services',
  'protocols',
];

const setUp = `
set -eu
root=$1; shift
ip link set lo up
# dockerd changes how its root is mounted before it unpacks an image, so it must be a mount.
mount --bind "$root" "$root"
for dir in bin sbin lib lib32 lib64 libx32; do if [ -L "/$dir" ]; then cp -P "/$dir" "$root/$dir"; elif [ -d "/$dir" ]; then mkdir "$root/$dir"; mount --bind "/$dir" "$root/$dir"; fi; done
mkdir -p "$root/usr" "$root/dev" "$root/sys" "$root/proc" "$root/run" "$root/tmp" "$root/root"
mount --bind /usr "$root/usr"
mount -o remount,bind,ro "$root/usr"
mount -t tmpfs -o mode=755 local "$root/usr/local"
cp -a "$root/.local/." "$root/usr/local/"
mount --rbind /dev "$root/dev"
mount --rbind /sys "$root/sys"
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=755 run "$root/run"
mkdir -p "$root/usr/local/bin"
while [ $# -gt 0 ]; do
  to=$root/usr/local/bin/$1
  case $2 in /usr/*) ln -s "$2" "$to" ;; *) : >"$to"; mount --bind "$2" "$to" ;; esac
  shift 2
done
# The first process of the name space: bash reaps whatever is orphaned. It says itself that it is there: who enters before the
# chroot would find this machine's root.
exec chroot "$root" /bin/bash -c ': >/.ready; while :; do sleep 3600 & wait $!; done'
`;

/** A daemon of the node. */
export class Daemon {
  out = '';
  readonly #child: ChildProcess;
  readonly #ended: Promise<number>;
  #code: number | undefined;

  constructor(child: ChildProcess) {
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        this.out = (this.out + chunk).slice(-1_000_000);
      });
    }
    this.#ended = new Promise((resolve) => {
      child.on('close', (code, signal) => {
        this.#code = code ?? (signal === null ? 0 : 137);
        resolve(this.#code);
      });
    });
  }

  get running(): boolean {
    return this.#code === undefined;
  }

  write(text: string): void {
    this.#child.stdin?.write(text);
  }

  /** To nsenter's child: the program itself. */
  async stop(signal: NodeJS.Signals = 'SIGKILL'): Promise<number> {
    if (this.running) {
      const pids = readFileSync(`/proc/${this.#child.pid}/task/${this.#child.pid}/children`, 'utf8').trim();
      for (const pid of pids.split(' ').filter(Boolean)) process.kill(Number(pid), signal);
      if (pids === '') this.#child.kill(signal);
    }
    return this.#ended;
  }

  async says(pattern: RegExp, seconds = 30): Promise<void> {
    for (const end = Date.now() + seconds * 1000; !pattern.test(this.out); await sleep(50)) {
      if (!this.running) throw new Error(`it ended before it said ${pattern}:\n${this.out}`);
      if (Date.now() > end) throw new Error(`no ${pattern} in:\n${this.out.slice(-5000)}`);
    }
  }
}

export class NodeRoot {
  readonly dir: string;
  readonly node: RenderedNode;
  #holder: ChildProcess | undefined;
  #forget: () => void = () => undefined;

  constructor(node: RenderedNode) {
    this.node = node;
    this.dir = tempDir(`node-${node.name}`);
  }

  static async of(node: RenderedNode, options: NodeRootOptions = {}): Promise<NodeRoot> {
    const root = new NodeRoot(node);
    root.#layOut();
    const programs = Object.entries(options.programs ?? {}).flat();
    const enter = options.netns === undefined ? ['unshare', '--net'] : ['nsenter', `--net=${options.netns}`];
    const spaces = ['unshare', '--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child'];
    const command = [...enter, ...spaces, 'sh', '-c', setUp, 'sh', root.dir, ...programs];
    root.#holder = spawn('setpriv', ['--pdeathsig=KILL', ...command], {
      detached: true, // Ctrl-C on the terminal is ours to handle
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    });
    let said = '';
    root.#holder.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
    });
    root.#forget = onExit(() => root.#kill());
    for (let tries = 0; !existsSync(join(root.dir, '.ready')); tries += 1) {
      if (tries > 500 || root.#holder.exitCode !== null)
        throw new Error(`${node.name}: its root could not be made: ${said}`);
      await sleep(20);
    }
    return root;
  }

  #layOut(): void {
    cpSync(this.node.tree, this.dir, { recursive: true });
    const local = join(this.dir, 'usr/local');
    mkdirSync(local, { recursive: true });
    cpSync(local, join(this.dir, '.local'), { recursive: true });
    rmSync(join(this.dir, 'usr'), { recursive: true });
    mkdirSync(join(this.dir, 'var'));
    for (const name of hostEtc.filter((one) => existsSync(join('/etc', one)) && !existsSync(this.at(`/etc/${one}`)))) {
      cpSync(join('/etc', name), this.at(`/etc/${name}`), { recursive: true, verbatimSymlinks: true });
    }
  }

  /** Path of a node's file on this machine. Not for /run and /usr, which only the node sees. */
  at(path: string): string {
    return join(this.dir, path);
  }

  /** Number 1 of the name space, as this machine counts: below unshare. */
  #first(): string | undefined {
    const pid = this.#holder?.pid;
    if (pid === undefined || !existsSync(`/proc/${pid}`)) return undefined;
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0] || undefined;
  }

  #inside(argv: readonly string[], env: Readonly<Record<string, string>>): string[] {
    const first = this.#first();
    if (first === undefined) throw new Error(`${this.node.name} is gone`);
    const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
    const words = Object.entries(env).map(([key, value]) => `${key}=${value}`);
    return ['-t', first, '-m', '-p', '-n', '-r', '-w', '--', '/usr/bin/env', '-i', path, ...words, ...argv];
  }

  run(
    argv: readonly string[],
    options: Omit<ShOptions, 'cwd' | 'env'> & { env?: Record<string, string> } = {},
  ): Promise<Finished> {
    const { env = {}, ...rest } = options;
    return sh('nsenter', this.#inside(argv, env), rest);
  }

  start(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Daemon {
    return new Daemon(spawn('nsenter', this.#inside(argv, env), { stdio: ['pipe', 'pipe', 'pipe'] }));
  }

  /** A unit's environment as systemd puts it together: its files are read anew before each command. */
  async #environment(unit: string): Promise<Record<string, string>> {
    const env: Record<string, string> = {};
    for (const [, key = '', value = ''] of unit.matchAll(/^(Environment(?:File)?)=(.*)$/gm)) {
      const optional = value.startsWith('-');
      const read =
        key === 'EnvironmentFile' ? await this.run(['cat', value.replace(/^-/, '')]) : { code: 0, stdout: value };
      if (read.code !== 0 && !optional) throw new Error(`${value} is missing`);
      if (read.code !== 0) continue;
      for (const [, name = '', text = ''] of read.stdout.matchAll(/^(\w+)=(.*)$/gm))
        env[name] = text.replace(/^"(.*)"$/, '$1');
    }
    return env;
  }

  /** Runs the unit's own command lines. Returns the daemon and the output of the commands before it. */
  async startUnit(name: string, more: readonly string[] = []): Promise<Daemon & { before: string }> {
    const unit = readTree(this.node, `/etc/systemd/system/${name}`);
    let before = '';
    for (const { argv } of parseUnitExec(unit, 'ExecStartPre')) {
      const env = await this.#environment(unit);
      before += (await this.run(expand(argv, env), { env, check: true })).stdout;
    }
    const env = await this.#environment(unit);
    const [command] = parseUnitExec(unit);
    if (command === undefined) throw new Error(`${name} starts nothing`);
    return Object.assign(this.start([...expand(command.argv, env), ...more], env), { before });
  }

  #kill(): void {
    const first = this.#first();
    if (first !== undefined) spawnSync('kill', ['-KILL', first]);
    this.#holder?.kill('SIGKILL');
  }

  async stop(): Promise<void> {
    const { pid } = this.#holder ?? {};
    this.#kill();
    this.#forget();
    for (let tries = 0; pid !== undefined && tries < 250 && existsSync(`/proc/${pid}`); tries += 1) await sleep(20);
    spawnSync('rm', ['-rf', '--one-file-system', this.dir], { stdio: 'inherit' });
  }
}

/** systemd.service(5): `${A}` inside a word is its value; `$A` as a word of its own is split at white space. */
function expand(argv: readonly string[], env: Readonly<Record<string, string>>): string[] {
  return argv.flatMap((word) => {
    const alone = /^\$(\w+)$/.exec(word)?.[1];
    if (alone !== undefined) return (env[alone] ?? '').split(/\s+/).filter(Boolean);
    return [word.replace(/\$\{(\w+)\}/g, (_, name: string) => env[name] ?? '')];
  });
}
