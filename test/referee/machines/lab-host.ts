/**
 * Resources that a node takes from this machine: cgroups, a network name space, kernel settings. All of them are named
 * `knode-<pid>-<n>` after their process, so that leftovers of a killed run can be recognised and removed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { sh } from '../tools.ts';

export const prefix = 'knode-';
let count = 0;

export function nextId(): string {
  count += 1;
  return `${prefix}${process.pid}-${count}`;
}

/** True for a name made by `nextId` in a process that is gone. */
export function isLeftover(name: string): boolean {
  const pid = new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1];
  return pid !== undefined && !existsSync(`/proc/${pid}`);
}

export function sleepSync(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

// ---- cgroups: one per node in every hierarchy, otherwise the kubelets of two nodes share /kubepods

/** This process's own cgroup in each mounted hierarchy (v1, v2 or both). */
function ownCgroups(): string[] {
  const mine = readFileSync('/proc/self/cgroup', 'utf8')
    .trim()
    .split('\n')
    .map((line) => {
      const [, controllers = '', ...path] = line.split(':');
      return { controllers, path: path.join(':') };
    });
  const dirs: string[] = [];
  for (const line of readFileSync('/proc/self/mountinfo', 'utf8').trim().split('\n')) {
    const [before = '', after = ''] = line.split(' - ');
    const [, , , root = '/', mountPoint = ''] = before.split(' ');
    const [type, , options = ''] = after.split(' ');
    if (type !== 'cgroup' && type !== 'cgroup2') continue;
    const has = new Set(options.split(','));
    const entry = mine.find(({ controllers }) =>
      type === 'cgroup2' ? controllers === '' : controllers !== '' && controllers.split(',').every((c) => has.has(c)),
    );
    if (!entry) continue;
    const dir = join(mountPoint, relative(root, entry.path));
    dirs.push(existsSync(dir) ? dir : mountPoint);
  }
  return dirs;
}

export function createCgroups(id: string): string[] {
  return ownCgroups().map((parent) => {
    const child = join(parent, id);
    mkdirSync(child);
    for (const file of ['cpuset.cpus', 'cpuset.mems']) {
      if (existsSync(join(parent, 'cgroup.clone_children')) && existsSync(join(parent, file))) {
        writeFileSync(join(child, file), readFileSync(join(parent, file)));
      }
    }
    return child;
  });
}

function removeCgroup(dir: string): boolean {
  try {
    for (const entry of readdirSync(dir, { withFileTypes: true })) {
      if (entry.isDirectory()) removeCgroup(join(dir, entry.name));
    }
    rmdirSync(dir);
  } catch {
    // busy, for as long as a killed process is not reaped
  }
  return !existsSync(dir);
}

/** Bottom-up; false when something in them still lives after five seconds. */
export function removeCgroups(dirs: readonly string[]): boolean {
  for (let tries = 0; tries < 100; tries += 1) {
    if (dirs.map(removeCgroup).every(Boolean)) return true;
    sleepSync(50);
  }
  return false;
}

// ---- network: a name space per node, all on one bridge in a name space of the lab's own; no way outside

const labNetns = `${prefix}${process.pid}-lab`;
const bridge = 'lab0';
let lab: Promise<void> | undefined;

async function createLab(): Promise<void> {
  await sh('ip', ['netns', 'add', labNetns], { check: true });
  await sh('ip', ['-n', labNetns, 'link', 'add', bridge, 'type', 'bridge'], { check: true });
  await sh('ip', ['-n', labNetns, 'link', 'set', bridge, 'up'], { check: true });
}

/** The node's end on the bridge. */
function portOf(id: string): string {
  return `p${id.split('-').at(-1)}`;
}

/** Gives the node a name space with an `eth0` that is down and has no address, as a new machine's. */
export async function createNetwork(id: string, mac?: string): Promise<string> {
  lab ??= createLab();
  await lab;
  const port = portOf(id);
  await sh('ip', ['netns', 'add', id], { check: true });
  const address = mac === undefined ? [] : ['address', mac];
  const veth = ['link', 'add', port, 'type', 'veth', 'peer', 'name', 'eth0', ...address, 'netns', id];
  await sh('ip', ['-n', labNetns, ...veth], { check: true });
  await sh('ip', ['-n', labNetns, 'link', 'set', port, 'master', bridge, 'up'], { check: true });
  await sh('ip', ['-n', id, 'link', 'set', 'lo', 'up'], { check: true });
  return `/run/netns/${id}`;
}

export function removeNetwork(id: string): void {
  if (existsSync(`/run/netns/${id}`)) spawnSync('ip', ['netns', 'delete', id], { stdio: 'inherit' });
}

/** The effect of a power cut: addresses, routes, rules and devices of the running kernel are gone. */
export async function renewNetwork(id: string): Promise<void> {
  // The kernel clears a name space with a delay, so the pair, whose name is reused, is removed here.
  await sh('ip', ['-n', labNetns, 'link', 'delete', portOf(id)]);
  removeNetwork(id);
  await createNetwork(id);
}

export function removeLab(): void {
  lab = undefined;
  removeNetwork(labNetns);
}

// ---- kernel settings that are not per network name space: a node's sysctl.d reaches this machine

const trees = ['vm', 'fs', 'kernel', 'net/netfilter', 'net/ipv4/neigh/default', 'net/ipv6/neigh/default'];
const notSettings =
  /^(vm\/(drop_caches|compact_memory|stat_refresh)|kernel\/(ns_last_pid|hostname|domainname|random|pty))/;

export type Sysctls = ReadonlyMap<string, string>;

export function readSysctls(): Sysctls {
  const settings = new Map<string, string>();
  for (const tree of trees.filter((dir) => existsSync(`/proc/sys/${dir}`))) {
    for (const name of readdirSync(`/proc/sys/${tree}`, { recursive: true, encoding: 'utf8' })) {
      const key = `${tree}/${name}`;
      const { mode } = statSync(`/proc/sys/${key}`, { throwIfNoEntry: false }) ?? { mode: 0 };
      const readWrite = 0o600;
      if ((mode & 0o170000) !== 0o100000 || (mode & readWrite) !== readWrite || notSettings.test(key)) continue;
      try {
        settings.set(key, readFileSync(`/proc/sys/${key}`, 'utf8'));
      } catch {
        // some can be read only in a certain state
      }
    }
  }
  return settings;
}

/** Restores changed keys; returns them. */
export function restoreSysctls(before: Sysctls): string[] {
  const now = readSysctls();
  const changed = [...before].filter(([key, value]) => now.has(key) && now.get(key) !== value);
  for (const [key, value] of changed) {
    try {
      writeFileSync(`/proc/sys/${key}`, value);
    } catch (error) {
      process.stderr.write(`sysctl ${key} could not be restored: ${String(error)}\n`);
    }
  }
  return changed.map(([key]) => key);
}

// ----

/** Removes the cgroups and name spaces of runs that were killed. */
export function sweepHost(): void {
  for (const parent of ownCgroups()) {
    for (const name of readdirSync(parent).filter(isLeftover)) removeCgroup(join(parent, name));
  }
  const names = existsSync('/run/netns') ? readdirSync('/run/netns') : [];
  for (const name of names.filter(isLeftover)) removeNetwork(name);
}
