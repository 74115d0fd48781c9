/**
 * Resources that a run of the lab takes from this machine, and releases: a folder, loop devices, kernel settings, and
 * (by the referees' lab-host.ts) cgroups and name spaces. All of them carry the run's process id, so that the next run
 * can remove those of a killed one.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as host from '../referee/machines/lab-host.ts';
import { onExit, sh } from '../referee/tools.ts';
import { runsDir } from './paths.ts';

/** The name space with the bridge and the mirror in it. */
export const labNetns = `${host.prefix}${process.pid}-lab`;
const settings = 'host-settings.json';
/** Folder of disks in memory: not in the file system of the roots, which is a separate file. */
let diskFolder: string | undefined;

/** Never through a mount, whatever was left of one. */
export function removeTree(dir: string): void {
  spawnSync('rm', ['-rf', '--one-file-system', dir], { stdio: 'inherit' });
}

export interface Run {
  /** For everything that the run makes. */
  readonly folder: string;
  readonly inMemory: boolean;
}

/** Prepares this machine for a run. Everything is released when this process ends, however it ends. */
export function openRun(): Run {
  sweep();
  const run = join(runsDir, `${host.prefix}${process.pid}-run`);
  const work = join(run, 'work');
  mkdirSync(work, { recursive: true, mode: 0o700 });
  const before = host.readSysctls();
  writeFileSync(join(run, settings), JSON.stringify([...before]));
  onExit(() => {
    host.removeLab();
    host.restoreSysctls(before);
    removeRun(run);
  });
  const inMemory = availableGib() >= 12;
  if (inMemory) mountInMemory(run, work);
  return { folder: work, inMemory };
}

function availableGib(): number {
  return Number(/^MemAvailable:\s+(\d+)/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1] ?? 0) / (1 << 20);
}

/**
 * Four roots and their disks in memory: their many syncs would else wait for all that this machine writes. An ext4 in a file on
 * tmpfs, because kubelet and docker's overlay2 want a real file system below them.
 */
function mountInMemory(run: string, work: string): void {
  const memory = join(run, 'memory');
  mkdirSync(memory);
  must('mount', '-t', 'tmpfs', '-o', 'size=90%,mode=0700', 'knode-lab', memory);
  must('truncate', '-s', '24G', join(memory, 'disk'));
  must(
    'mkfs.ext4',
    '-q',
    '-O',
    '^has_journal',
    '-m',
    '0',
    '-N',
    '800000',
    '-E',
    'lazy_itable_init=1,nodiscard',
    join(memory, 'disk'),
  );
  must('mount', '-o', 'loop,discard,noinit_itable,noatime', join(memory, 'disk'), work);
  chmodSync(work, 0o700);
  diskFolder = memory;
}

function must(cmd: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(cmd, args, {
    encoding: 'utf8',
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
  });
  if (status !== 0) throw new Error(`${cmd} ${args.join(' ')}: ${stderr}`);
}

function removeRun(run: string): void {
  detachBelow(run);
  for (const mounted of ['work', 'memory']) {
    const path = join(run, mounted);
    // Nothing is in use any more, except what a killed machine has not released yet.
    if (spawnSync('mountpoint', ['-q', path]).status === 0) spawnSync('umount', ['--lazy', path], { stdio: 'inherit' });
  }
  removeTree(run);
}

function sweep(): void {
  host.sweepHost();
  if (!existsSync(runsDir)) return;
  for (const name of readdirSync(runsDir).filter(host.isLeftover)) {
    const run = join(runsDir, name);
    const saved = join(run, settings);
    if (existsSync(saved)) host.restoreSysctls(new Map(JSON.parse(readFileSync(saved, 'utf8'))));
    removeRun(run);
  }
}

/** Detaches every loop device whose file is below the folder. */
function detachBelow(dir: string): void {
  const { stdout } = spawnSync('losetup', ['--list', '--noheadings', '--raw', '--output', 'NAME,BACK-FILE'], {
    encoding: 'utf8',
  });
  for (const line of (stdout ?? '').split('\n')) {
    const [device = '', file = ''] = line.split(' ');
    if (file.startsWith(`${dir}/`)) spawnSync('losetup', ['--detach', device]);
  }
}

/** A data disk: a sparse file behind a loop device. */
export class Disk {
  readonly file: string;
  device = '';

  constructor(file: string) {
    this.file = file;
  }

  /** In memory the file is at another place, but has its name. */
  static async create(wanted: string, size: string): Promise<Disk> {
    const file = diskFolder === undefined ? wanted : join(diskFolder, basename(wanted));
    await sh('truncate', ['-s', size, file], { check: true });
    const disk = new Disk(file);
    await disk.attach();
    return disk;
  }

  async attach(): Promise<void> {
    this.device = (await sh('losetup', ['--find', '--show', this.file], { check: true })).stdout.trim();
  }

  async detach(): Promise<void> {
    if (this.device !== '') await sh('losetup', ['--detach', this.device]);
    this.device = '';
  }

  async remove(): Promise<void> {
    await this.detach();
    rmSync(this.file, { force: true });
  }

  /** sha256 of every byte of the device. */
  async hash(): Promise<string> {
    await sh('sync', ['-f', this.file]);
    return (await sh('sha256sum', [this.device], { check: true })).stdout.slice(0, 64);
  }
}
