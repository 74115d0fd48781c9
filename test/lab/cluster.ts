/** A cluster of the lab: its cluster file rendered by the command, its mirror, its machines. */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Diagnostic } from '../../src/base/diagnostic.ts';
import { sha256 } from '../../src/base/digest.ts';
import { sortedNeeds } from '../../src/mirror/catalogue/identity.ts';
import type { Cluster } from '../../src/model/cluster.ts';
import { clusterCatalogue, planNodes } from '../../src/workflow/plan-nodes.ts';
import { readClusterFile } from '../../src/workflow/read-inputs.ts';
import { createNetwork, nextId, removeNetwork } from '../referee/machines/lab-host.ts';
import { onExit, sh, sleep } from '../referee/tools.ts';
import { collectPrograms, type LabMirror, makeMirror } from './artifacts.ts';
import type { BakedImage } from './bake.ts';
import { imagesFile, labFile, networkOf } from './cluster-file.ts';
import { serveEndpoint } from './endpoint.ts';
import { Disk, labNetns } from './host.ts';
import { makeImages } from './images.ts';
import { Machine, type MachineOptions } from './node.ts';
import { imageScript, repository } from './paths.ts';
import { say } from './say.ts';

/** Two base URLs: the first mirror, and the one that nodes try next. */
const ports = [8080, 8081] as const;

/** Runs `knode` from source. */
export async function knode(
  args: readonly string[],
  options: { nodeOptions?: readonly string[] } = {},
): Promise<string> {
  const cli = ['--import', 'tsx', ...(options.nodeOptions ?? []), join(repository, 'src/cli.ts'), ...args];
  const done = await sh(process.execPath, cli, { cwd: repository });
  if (done.code !== 0) throw new Error(`knode ${args.join(' ')}: exit code ${done.code}\n${done.stderr}`);
  return done.stdout;
}

function messages(diagnostics: readonly Diagnostic[]): string {
  return diagnostics.map(({ message }) => message).join('; ');
}

function readLabFile(file: string): Cluster {
  const { value, diagnostics } = readClusterFile(file);
  if (value === undefined) throw new Error(`${file}: ${messages(diagnostics)}`);
  return value.cluster;
}

export class LabCluster {
  readonly work: string;
  readonly cluster: Cluster;
  readonly file: string;
  readonly mirror: LabMirror;
  readonly machines = new Map<string, Machine>();
  /** If set, nodes boot from it, with matching user-data. */
  baked: BakedImage | undefined;
  /** The blank root tree of Debian. */
  readonly image: string;
  /** The lab's own address on the nodes' network: the mirror's, and their way out, which leads nowhere. */
  readonly gateway: string;
  readonly #servers = new Set<ChildProcess>();

  private constructor(parts: {
    work: string;
    cluster: Cluster;
    file: string;
    mirror: LabMirror;
    image: string;
    gateway: string;
  }) {
    this.work = parts.work;
    this.cluster = parts.cluster;
    this.file = parts.file;
    this.mirror = parts.mirror;
    this.image = parts.image;
    this.gateway = parts.gateway;
  }

  /** Reads and adapts a cluster file, collects its programs, renders every node. Nothing is powered on. */
  static async open(original: string, work: string, options: { ownKernel: boolean }): Promise<LabCluster> {
    mkdirSync(work, { recursive: true, mode: 0o700 });
    // Files that the cluster file names lie beside it.
    cpSync(dirname(original), work, { recursive: true });
    rmSync(join(work, 'knode.lock.yaml'), { force: true });
    const asked = readLabFile(original);
    const { gateway, network } = networkOf(asked);
    say('collecting programs');
    const programs = await collectPrograms();
    const images = await makeImages(asked, join(programs.debian, imagesFile), work);
    for (const note of images.notes) say(`image: ${note}`);
    const mirrors = ports.map((port) => `http://${gateway}:${port}`);
    const { ownKernel } = options;
    const imagesSha256 = sha256(readFileSync(images.file));
    const around = { mirrors, imagesSha256, ownKernel, gateway, network };
    const { text, changes } = labFile(readFileSync(original, 'utf8'), asked, around);
    for (const change of changes) say(`cluster file: ${change}`);
    const file = join(work, 'cluster.yaml');
    writeFileSync(file, text);
    const { value, diagnostics } = readClusterFile(file);
    if (value === undefined) throw new Error(`the adapted cluster file is wrong: ${messages(diagnostics)}`);
    const needs = sortedNeeds(
      planNodes(value, [...value.cluster.nodes, ...value.cluster.pools]).flatMap((plan) => plan.artifacts),
    );
    const mirror = await makeMirror(needs, clusterCatalogue(value), programs, work);
    for (const note of mirror.notes) say(note);
    const image = (await sh(imageScript, [], { check: true, timeoutMs: 1_200_000 })).stdout.trim();
    return new LabCluster({ work, cluster: value.cluster, file, mirror, image, gateway });
  }

  /** Renders everything (again: certificates and keys come from the state). */
  async render(): Promise<void> {
    await knode([
      'render',
      '-f',
      this.file,
      '--state',
      join(this.work, 'state'),
      '--all',
      '-o',
      join(this.work, 'seeds'),
      ...(this.baked === undefined ? [] : ['--image', this.baked.manifest]),
    ]);
  }

  seed(name: string): string {
    return join(this.work, 'seeds', name);
  }

  /** The bridge gets the gateway's address, at which services such as the mirror are reachable. */
  async openNetwork(): Promise<void> {
    // The first machine's network creates the bridge; the lab itself is one more machine, so that the bridge exists
    // before.
    const id = nextId();
    await createNetwork(id);
    removeNetwork(id);
    const { cidr = '' } = this.cluster.spec.network.host;
    const address = `${this.gateway}/${cidr.split('/')[1]}`;
    await sh('ip', ['-n', labNetns, 'address', 'add', address, 'dev', 'lab0'], { check: true });
    await sh('ip', ['-n', labNetns, 'link', 'set', 'lo', 'up'], { check: true });
    await serveEndpoint(this.cluster, labNetns);
  }

  /** `which` is 0 or 1: the mirror of the first base URL or of the second. */
  async startMirror(folder: string = this.mirror.folder, which: 0 | 1 = 0): Promise<void> {
    const port = ports[which];
    const cli = [
      '--import',
      'tsx',
      join(repository, 'src/cli.ts'),
      'mirror',
      'serve',
      folder,
      '--listen',
      `${this.gateway}:${port}`,
    ];
    const child = spawn('ip', ['netns', 'exec', labNetns, 'setpriv', '--pdeathsig=KILL', process.execPath, ...cli], {
      cwd: repository,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (said += text));
    const forget = onExit(() => child.kill('SIGKILL'));
    child.on('exit', forget);
    for (let tries = 0; !said.includes(`:${port}`); tries += 1) {
      if (child.exitCode !== null || tries > 600) throw new Error(`knode mirror serve: ${said}`);
      await sleep(50);
    }
    this.#servers.add(child);
    if (which === 0) this.mirrorLog = () => said;
  }

  /** Requests that the mirror answered, one a line. */
  mirrorLog: () => string = () => '';

  async stopMirrors(): Promise<void> {
    for (const server of this.#servers) {
      server.kill('SIGKILL');
      for (let tries = 0; server.exitCode === null && server.signalCode === null && tries < 200; tries += 1)
        await sleep(20);
    }
    this.#servers.clear();
  }

  /** A blank machine with blank disks, or with those given; not powered on. */
  async machine(name: string, options: Partial<MachineOptions> = {}): Promise<Machine> {
    if (this.machines.has(name)) throw new Error(`there is a machine ${name} already`);
    const machine = await this.looseMachine(name, options);
    this.machines.set(name, machine);
    return machine;
  }

  /** A machine outside the cluster's list, though it may have the name of a listed one. */
  async looseMachine(name: string, options: Partial<MachineOptions> = {}): Promise<Machine> {
    const dir = join(this.work, 'machines', `${name}-${nextId().split('-').at(-1)}`);
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const disks = options.disks ?? (await this.blankDisks(name, dir));
    const machine = new Machine({
      name,
      dir,
      image: this.baked?.tree ?? this.image,
      seed: this.seed(name),
      onLine: tell,
      resolver: this.gateway,
      ...options,
      disks,
    });
    await machine.assemble();
    return machine;
  }

  async blankDisks(name: string, dir: string, size = '3G'): Promise<Disk[]> {
    const node = [...this.cluster.nodes].find((one) => one.name === name);
    const role = node?.role ?? 'worker';
    const count = this.cluster.spec.dataDisks.filter((disk) => disk.roles.includes(role)).length;
    return Promise.all(
      Array.from({ length: count }, (_, index) => Disk.create(join(dir, `disk${index}-${nextId()}.img`), size)),
    );
  }

  /** An address of the nodes' network, by its last number. */
  address(last: number): string {
    return this.gateway.replace(/\d+$/, String(last));
  }

  get(name: string): Machine {
    const found = this.machines.get(name);
    if (found === undefined) throw new Error(`there is no machine ${name}`);
    return found;
  }

  get running(): Machine[] {
    return [...this.machines.values()].filter((machine) => machine.isOn);
  }

  /** A master that runs, to ask the API by. */
  get master(): Machine {
    const found = this.running.find((machine) => machine.receipt()?.role === 'master');
    if (found === undefined) throw new Error('no master runs');
    return found;
  }

  /** Standard output of kubectl with an administrator's rights, on a master. */
  async kubectl(
    args: readonly string[],
    options: { on?: Machine; input?: string; timeoutMs?: number } = {},
  ): Promise<string> {
    const { on = this.master, ...rest } = options;
    const done = await on.run(['kubectl', '--kubeconfig', '/etc/kubernetes/bootstrap.kubeconfig', ...args], rest);
    if (done.code !== 0)
      throw new Error(`kubectl ${args.join(' ')} on ${on.name}: ${done.stderr.trim() || `exit code ${done.code}`}`);
    return done.stdout.trim();
  }

  /** The machine is removed, and its disks too unless they are kept. */
  async remove(name: string, { keepDisks = false } = {}): Promise<void> {
    const machine = this.get(name);
    this.machines.delete(name);
    await machine.destroy();
    if (!keepDisks) for (const disk of machine.options.disks ?? []) await disk.remove();
  }

  /** Machines and disks are gone; network, mirror and the state of the cluster file stay. */
  async destroyMachines(): Promise<void> {
    for (const name of [...this.machines.keys()]) await this.remove(name);
  }

  async close(): Promise<void> {
    await this.destroyMachines();
    await this.stopMirrors();
  }
}

/** Of a console, the lines that knode wrote. */
function tell(machine: Machine, line: string): void {
  // systemd prints the descriptions of units, too.
  const text = /knode: (node |warning: |waiting: |[a-z-]+: ).*/.exec(line)?.[0];
  if (text !== undefined && !/fetch: artifact .* is installed/.test(text))
    say(`${machine.name.padEnd(8)} +${((Date.now() - machine.poweredOn) / 1000).toFixed(1).padStart(5)} s  ${text}`);
}
