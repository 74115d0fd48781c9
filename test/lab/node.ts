/** A machine of the lab: real systemd and cloud-init on a Debian root, in systemd-nspawn, with power that can be cut. */
import type { ChildProcess } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import {
  initOf,
  isAlive,
  kill,
  killContainer,
  rebootAsked,
  runIn,
  startContainer,
} from '../referee/machines/container.ts';
import * as host from '../referee/machines/lab-host.ts';
import { type Finished, onExit, type ShOptions, sh, sleep } from '../referee/tools.ts';
import { type Disk, removeTree } from './host.ts';
import { seedDir } from './paths.ts';

export interface MachineOptions {
  readonly name: string;
  /** Folder with the NoCloud seed. */
  readonly seed: string;
  /** The blank root tree. */
  readonly image: string;
  /** Folder of this machine, made here. */
  readonly dir: string;
  /** The target of /etc/resolv.conf: the blank root has no such file, and kubelet creates no pod without one. */
  readonly resolver: string;
  /** /dev/vdb, /dev/vdc … */
  readonly disks?: readonly Disk[];
  readonly onLine?: (machine: Machine, line: string) => void;
  /** Called with the root before the first boot. */
  readonly prepare?: (root: string) => void | Promise<void>;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** The lab's additions to a root; see README.md. knode renders none of them. */
function labRoot(root: string, resolver: string): void {
  const put = (name: string, path: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    copyFileSync(join(seedDir, name), join(root, path));
  };
  const unit = 'lab-machine.service';
  put('runc', '/usr/local/sbin/runc');
  put(unit, `/etc/systemd/system/${unit}`);
  const resolv = join(root, 'etc/resolv.conf');
  if (!existsSync(resolv)) writeFileSync(resolv, `nameserver ${resolver}\n`);
  const wants = join(root, 'etc/systemd/system/multi-user.target.wants');
  mkdirSync(wants, { recursive: true });
  // There already in the tree of a machine that was baked here.
  rmSync(join(wants, unit), { force: true });
  symlinkSync(`/etc/systemd/system/${unit}`, join(wants, unit));
}

export class Machine {
  readonly options: MachineOptions;
  readonly name: string;
  readonly root: string;
  console = '';
  /** When the power was last switched on, by Date.now(). */
  poweredOn = 0;
  readonly #id = host.nextId();
  readonly #forget: () => void;
  #netns = '';
  #network = Promise.resolve();
  #cgroups: string[] = [];
  #child: ChildProcess | undefined;
  #on = false;
  #rest = '';

  constructor(options: MachineOptions) {
    this.options = options;
    this.name = options.name;
    this.root = join(options.dir, 'root');
    this.#forget = onExit(() => this.#cutNow());
  }

  /** Unpacks the root and connects the machine; it is not powered on yet. */
  async assemble(): Promise<void> {
    const { dir, image, seed, prepare } = this.options;
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    await sh('cp', ['-a', '--reflink=auto', image, this.root], { check: true });
    const target = join(this.root, 'var/lib/cloud/seed/nocloud');
    mkdirSync(target, { recursive: true });
    for (const file of readdirSync(seed)) copyFileSync(join(seed, file), join(target, file));
    labRoot(this.root, this.options.resolver);
    await prepare?.(this.root);
    this.#netns = await host.createNetwork(this.#id);
  }

  powerOn(): void {
    if (this.#on) throw new Error(`${this.name} is on`);
    this.#on = true;
    this.poweredOn = Date.now();
    this.#cgroups = host.createCgroups(this.#id);
    this.#start();
  }

  #start(): void {
    const disks = (this.options.disks ?? []).flatMap(({ device }, index) => [
      // By its real name too: without udev, mount finds a UUID only on devices that /proc/partitions names.
      `--bind=${device}:/dev/vd${'bcdefg'[index]}`,
      `--bind=${device}`,
    ]);
    // The machine's swapoff would switch off this machine's own swap.
    const nspawn = ['--bind-ro=/bin/true:/usr/sbin/swapoff', ...disks];
    const child = startContainer({ id: this.#id, root: this.root, netns: this.#netns, cgroups: this.#cgroups, nspawn });
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => this.#hear(text));
    child.on('exit', (code) => {
      if (code === rebootAsked && this.#on) void this.#reboot(child);
    });
    this.#child = child;
  }

  /** One at a time: the power may go while the machine reboots. */
  #renewNetwork(): Promise<void> {
    this.#network = this.#network.then(() => host.renewNetwork(this.#id));
    return this.#network;
  }

  async #reboot(ended: ChildProcess): Promise<void> {
    await this.#renewNetwork();
    // Unless the power went meanwhile.
    if (this.#on && this.#child === ended) this.#start();
  }

  #hear(text: string): void {
    this.console = (this.console + text).slice(-2_000_000);
    appendFileSync(join(this.options.dir, 'console.log'), text);
    const lines = (this.#rest + text).split(/\r?\n/);
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.options.onLine?.(this, line);
  }

  get isOn(): boolean {
    return this.#on;
  }

  /** systemd's own process, as this machine numbers it. */
  get initPid(): number | undefined {
    return initOf(this.#child);
  }

  /** Runs a program in the machine, as root. */
  async run(cmd: readonly string[], options: Omit<ShOptions, 'cwd' | 'env'> = {}): Promise<Finished> {
    const pid = this.initPid;
    if (pid === undefined) return { code: 255, stdout: '', stderr: `${this.name} does not run` };
    return runIn(pid, cmd, options);
  }

  /** Standard output of a shell line in the machine. */
  async text(line: string): Promise<string> {
    return (await this.run(['bash', '-c', line])).stdout.trim();
  }

  /** The content of a file of the running machine, also in /run; empty when it is not there. */
  file(path: string): string {
    const pid = this.initPid;
    return pid === undefined ? read(join(this.root, path)) : read(`/proc/${pid}/root${path}`);
  }

  /** The receipt of knode-ready from this boot. */
  receipt(): Receipt | undefined {
    try {
      return JSON.parse(this.file('/run/knode/receipt.json')) as Receipt;
    } catch {
      return undefined;
    }
  }

  /** The power is cut: no process can react. */
  async powerCut(): Promise<void> {
    this.#on = false;
    killContainer(this.#child);
    for (let waited = 0; isAlive(this.#child?.pid) && waited < 20_000; waited += 20) await sleep(20);
    this.#release();
    await this.#renewNetwork();
    appendFileSync(join(this.options.dir, 'console.log'), '\n--- power cut\n');
  }

  #cutNow(): void {
    this.#on = false;
    killContainer(this.#child);
    for (let waited = 0; isAlive(this.#child?.pid) && waited < 5_000; waited += 20) host.sleepSync(20);
    this.#release();
    host.removeNetwork(this.#id);
  }

  #release(): void {
    kill(this.#child?.pid);
    this.#child = undefined;
    if (!host.removeCgroups(this.#cgroups)) process.stderr.write(`lab: cgroups of ${this.name} are still busy\n`);
    this.#cgroups = [];
    removeTree(`/run/systemd/nspawn/propagate/${this.#id}`);
  }

  /** The machine is gone, with its root; its disks stay. */
  async destroy(): Promise<void> {
    if (this.#on) await this.powerCut();
    this.#forget();
    host.removeNetwork(this.#id);
    removeTree(this.root);
  }

  /** Information to print after a failure. */
  async report(): Promise<string> {
    const tail = (text: string, lines: number): string => text.trimEnd().split('\n').slice(-lines).join('\n');
    const part = async (title: string, line: string): Promise<string> =>
      `--- ${this.name}: ${title}\n${await this.text(line)}\n`;
    const texts = [
      `--- ${this.name}: console\n${tail(this.console, 40)}\n`,
      `--- ${this.name}: receipt\n${this.file('/run/knode/receipt.json')}\n`,
    ];
    if (this.initPid !== undefined) {
      texts.push(
        await part(
          'network and first boot',
          [
            'ip -brief address; ip route; networkctl --no-pager --no-legend; grep -r . /etc/systemd/network',
            'ls -l --time-style=full-iso /var/lib/knode /var/lib/cloud /var/lib/cloud/instances /var/lib/cloud/data /run/systemd/notify',
            'grep -h "network config" /var/log/cloud-init.log | tail -n 8; journalctl -b -u systemd-networkd -n 20 --no-pager -o cat',
          ].join('; '),
        ),
        await part(
          'jobs and failed units',
          'systemctl list-jobs --no-pager; systemctl --failed --no-pager --no-legend',
        ),
      );
      const units =
        'etcd kube-apiserver kube-controller-manager docker containerd kubelet kube-proxy knode-bootstrap lab-cni knode-images';
      texts.push(
        await part(
          'journal',
          `for u in ${units}; do journalctl -b -u $u -n 6 --no-pager -o cat 2>/dev/null | cut -c1-400 | sed "s/^/$u: /"; done`,
        ),
      );
    }
    return texts.join('');
  }
}

export interface Receipt {
  readonly node: string;
  readonly role: string;
  readonly ready: boolean;
  readonly waitingFor: readonly string[];
  readonly uptimeSeconds: number;
  readonly stages: readonly { readonly unit: string; readonly state: string; readonly seconds: number }[];
}

/** For scenarios that want other files in a seed than knode rendered. */
export function writeSeed(dir: string, files: Readonly<Record<string, string>>): string {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text, { mode: 0o600 });
  return dir;
}
