/**
 * A machine with a kernel of its own: QEMU, emulated (tcg), so that it runs without /dev/kvm and inside other virtual
 * machines; ten times slower than the containers. It boots Debian's kernel from outside its disk; everything else is on
 * its disk.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Finished, onExit, type ShOptions, sh, sleep } from '../referee/tools.ts';
import { labNetns, removeTree } from './host.ts';
import type { Receipt } from './node.ts';
import { kernelScript } from './paths.ts';
import { until } from './wait.ts';

export interface VirtualOptions {
  readonly name: string;
  readonly address: string;
  /** Folder with the NoCloud seed; the machine gets it as a CD named cidata. */
  readonly seed: string;
  /** The blank root tree. */
  readonly image: string;
  /** Folder of this machine, made here. */
  readonly dir: string;
  readonly onLine?: (line: string) => void;
}

const memoryMiB = 3072;
/** The disk that the machine uses for swap until swap is disabled. */
const swapMiB = 64;

export class VirtualMachine {
  readonly options: VirtualOptions;
  console = '';
  poweredOn = 0;
  #child: ChildProcess | undefined;
  #forget: (() => void) | undefined;
  #kernel = '';
  #rest = '';

  constructor(options: VirtualOptions) {
    this.options = options;
  }

  #file(name: string): string {
    return join(this.options.dir, name);
  }

  /** Makes its disks: /dev/vda the root, vdb blank, vdc the seed, vdd swap. Not powered on. */
  async assemble(): Promise<void> {
    const { dir, image, seed } = this.options;
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    this.#kernel = (await sh(kernelScript, [], { check: true, timeoutMs: 1_200_000 })).stdout.trim();
    const root = this.#file('root');
    await sh('cp', ['-a', '--reflink=auto', image, root], { check: true });
    await this.#prepare(root);
    const disk = async (name: string, size: string): Promise<void> => {
      await sh('truncate', ['-s', size, this.#file(name)], { check: true });
    };
    await disk('root.img', '8G');
    await sh('mkfs.ext4', ['-q', '-L', 'root', '-d', root, this.#file('root.img')], { check: true });
    removeTree(root);
    await disk('data.img', '6G');
    await disk('swap.img', `${swapMiB}M`);
    await sh('mkswap', ['-q', '-L', 'swap', this.#file('swap.img')], { check: true });
    const iso = ['-as', 'mkisofs', '-quiet', '-V', 'cidata', '-r', '-J', '-o', this.#file('seed.iso'), seed];
    await sh('xorriso', iso, { check: true });
  }

  /** Parts of a platform's image that the containers' image lacks: modules, fstab, a login. */
  async #prepare(root: string): Promise<void> {
    const modules = join(this.#kernel, 'modules');
    const [version = ''] = readdirSync(modules);
    mkdirSync(join(root, 'lib/modules'), { recursive: true });
    cpSync(join(modules, version), join(root, 'lib/modules', version), { recursive: true });
    // kmod's index, which busybox's depmod does not write.
    await sh('chroot', [root, 'depmod', version], { check: true });
    writeFileSync(join(root, 'etc/fstab'), 'LABEL=root / ext4 defaults 0 1\nLABEL=swap none swap sw 0 0\n');
    await sh('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'lab', '-f', this.#file('key')], { check: true });
    // A file that cloud-init does not know: it rewrites root's authorized_keys.
    const keys = join(root, 'etc/ssh/lab_keys');
    writeFileSync(keys, readFileSync(this.#file('key.pub')));
    chmodSync(keys, 0o600);
    const sshd = 'AuthorizedKeysFile /etc/ssh/lab_keys\nPermitRootLogin prohibit-password\nUseDNS no\n';
    writeFileSync(join(root, 'etc/ssh/sshd_config.d/lab.conf'), sshd);
  }

  powerOn(): void {
    this.poweredOn = Date.now();
    // unsafe: a flush reaches this machine's page cache, which outlives QEMU; what the guest has not flushed is lost all the same.
    const drives = ['root.img', 'data.img', 'seed.iso', 'swap.img'].flatMap((name) => [
      '-drive',
      `file=${this.#file(name)},format=raw,if=virtio,cache=unsafe,discard=unmap${name.endsWith('.iso') ? ',readonly=on' : ''}`,
    ]);
    const append = 'root=/dev/vda rw console=ttyS0 net.ifnames=0 loglevel=4 panic=10';
    const qemu = [
      ...[
        '-machine',
        'q35',
        '-accel',
        'tcg,thread=multi',
        '-cpu',
        'max,la57=off',
        '-smp',
        '2',
        '-m',
        String(memoryMiB),
      ],
      ...['-display', 'none', '-serial', 'stdio', '-monitor', 'none', '-no-user-config', '-rtc', 'base=utc'],
      ...['-kernel', join(this.#kernel, 'vmlinuz'), '-initrd', join(this.#kernel, 'initrd'), '-append', append],
      ...['-netdev', `tap,id=n0,ifname=${this.#tap()},script=no,downscript=no`, '-device', 'virtio-net-pci,netdev=n0'],
      ...['-device', 'virtio-rng-pci', ...drives],
    ];
    const command = ['netns', 'exec', labNetns, 'setpriv', '--pdeathsig=KILL', 'qemu-system-x86_64', ...qemu];
    const child = spawn('ip', command, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => this.#hear(text));
    this.#child = child;
    this.#forget = onExit(() => child.kill('SIGKILL'));
  }

  /** A port of the lab's bridge. */
  #tap(): string {
    const ip = (...args: string[]): void => {
      const { status, stderr } = spawnSync('ip', ['netns', 'exec', labNetns, 'ip', ...args], { encoding: 'utf8' });
      if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`);
    };
    const name = 'tap0';
    const there = spawnSync('ip', ['-n', labNetns, 'link', 'show', name]).status === 0;
    if (!there) ip('tuntap', 'add', name, 'mode', 'tap');
    ip('link', 'set', name, 'master', 'lab0', 'up');
    return name;
  }

  #hear(text: string): void {
    this.console = (this.console + text).slice(-2_000_000);
    appendFileSync(this.#file('console.log'), text);
    const lines = (this.#rest + text).split(/\r?\n/);
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.options.onLine?.(line);
  }

  get isOn(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** A shell line in the machine, by ssh; code 255 while it cannot be reached. */
  run(line: string, options: Omit<ShOptions, 'cwd' | 'env'> = {}): Promise<Finished> {
    const quiet = ['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR'];
    const ssh = ['ssh', '-i', this.#file('key'), ...quiet, '-o', 'ConnectTimeout=10', '-o', 'BatchMode=yes'];
    const command = ['netns', 'exec', labNetns, ...ssh, `root@${this.options.address}`, line];
    return sh('ip', command, { timeoutMs: 180_000, ...options });
  }

  /** Standard output of a shell line that must succeed. */
  async text(line: string): Promise<string> {
    const { code, stdout, stderr } = await this.run(line);
    if (code !== 0) throw new Error(`${this.options.name}: ${line}: exit code ${code}\n${stderr.trim()}`);
    return stdout.trim();
  }

  async receipt(): Promise<Receipt | undefined> {
    const { code, stdout } = await this.run('cat /run/knode/receipt.json');
    return code === 0 ? (JSON.parse(stdout) as Receipt) : undefined;
  }

  /** Changes with every boot. */
  bootId(): Promise<string> {
    return this.text('cat /proc/sys/kernel/random/boot_id');
  }

  async reboot(): Promise<void> {
    const before = await this.bootId();
    this.poweredOn = Date.now();
    await this.run('systemctl reboot', { timeoutMs: 20_000 });
    await until(`${this.options.name} to boot again`, 900, async () =>
      (await this.bootId()) === before ? undefined : true,
    );
  }

  /** Data that the machine had not written yet is lost. */
  async powerCut(): Promise<void> {
    this.#child?.kill('SIGKILL');
    for (let tries = 0; this.isOn && tries < 500; tries += 1) await sleep(20);
    this.#forget?.();
    appendFileSync(this.#file('console.log'), '\n--- power cut\n');
  }
}
