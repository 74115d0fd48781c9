/** Scenario 8: a data disk that holds something foreign is refused in words, and not a byte of it is written. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { sh } from '../../referee/tools.ts';
import type { LabCluster } from '../cluster.ts';
import { Disk } from '../host.ts';
import { say } from '../say.ts';
import { equal, until } from '../wait.ts';
import { nodeNames, nodesReady, ready } from './first-boot.ts';
import type { Scenario } from './scenario.ts';

interface Foreign {
  readonly what: string;
  /** The expected console message. */
  readonly says: RegExp;
  readonly fill: (disk: Disk) => Promise<void>;
}

function write(disk: Disk, offset: number, bytes: Buffer): void {
  const fd = openSync(disk.device, 'r+');
  writeSync(fd, bytes, 0, bytes.length, offset);
  closeSync(fd);
}

const mkfs =
  (...cmd: string[]) =>
  async (disk: Disk): Promise<void> => {
    await sh(cmd[0] ?? '', [...cmd.slice(1), disk.device], { check: true });
  };

/** LVM's own checksum of a label sector: CRC-32 from another start. */
function lvmCrc(bytes: Buffer): number {
  let crc = 0xf597a6cf;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return crc >>> 0;
}

/** The second sector of an LVM physical volume, as pvcreate writes it. */
function lvmLabel(): Buffer {
  const sector = Buffer.alloc(512);
  sector.write('LABELONE', 0, 'latin1');
  sector.writeBigUInt64LE(1n, 8);
  sector.writeUInt32LE(32, 20);
  sector.write('LVM2 001', 24, 'latin1');
  sector.write('abcdefghijklmnopqrstuvwxyz012345', 32, 'latin1');
  sector.writeUInt32LE(lvmCrc(sector.subarray(20)), 16);
  return sector;
}

/** A superblock of md, version 1.2, which lies 4 KiB from the start. */
function raidSuperblock(): Buffer {
  const block = Buffer.alloc(256);
  block.writeUInt32LE(0xa92b4efc, 0);
  block.writeUInt32LE(1, 4);
  block.write('an old array', 32, 'latin1');
  block.writeBigUInt64LE(8n, 144);
  return block;
}

async function anotherCluster(disk: Disk): Promise<void> {
  await mkfs('mkfs.ext4', '-q')(disk);
  const folder = `${disk.file}.mnt`;
  await sh('mkdir', ['-p', folder], { check: true });
  await sh('mount', [disk.device, folder], { check: true });
  await sh('sh', ['-c', 'echo "cluster=other node=w1 mount=/data" >"$1/.knode"', 'sh', folder], { check: true });
  await sh('umount', [folder], { check: true });
}

const kinds: readonly Foreign[] = [
  { what: 'an ext4 of somebody else', says: /TYPE=ext4/, fill: mkfs('mkfs.ext4', '-q', '-L', 'precious') },
  { what: 'an xfs', says: /TYPE=xfs/, fill: mkfs('mkfs.xfs', '-q') },
  { what: 'another cluster’s marker', says: /ext4/, fill: anotherCluster },
  {
    what: 'a partition table',
    says: /gpt|partition/i,
    fill: async (disk) =>
      void (await sh('sfdisk', ['--no-reread', '--quiet', disk.device], { input: 'label: gpt\n,,L\n', check: true })),
  },
  { what: 'an LVM physical volume', says: /LVM2_member/, fill: async (disk) => write(disk, 512, lvmLabel()) },
  { what: 'a RAID member', says: /linux_raid_member/, fill: async (disk) => write(disk, 4096, raidSuperblock()) },
  {
    what: 'data without a signature',
    says: /not blank/,
    fill: async (disk) => write(disk, 300_000_000, Buffer.alloc(40 << 20, 'data')),
  },
];

async function refused(lab: LabCluster, name: string, { what, says, fill }: Foreign, index: number): Promise<void> {
  const disk = await Disk.create(join(lab.work, `foreign-${index}.img`), '512M');
  await fill(disk);
  const before = await disk.hash();
  // Several machines of one name at once: they end before the network matters.
  const machine = await lab.looseMachine(name, { disks: [disk] });
  machine.powerOn();
  const line = await until(
    `${name} to refuse ${what}`,
    240,
    () => /knode: disk: .* is not formatted and not used: .*/.exec(machine.console)?.[0],
  );
  equal(says.test(line), true, `the refusal of ${what} names it: ${line}`);
  await until('the receipt to say so', 60, () =>
    machine.receipt()?.waitingFor.some((one) => one.includes('not formatted and not used')) ? true : undefined,
  );
  equal(
    await machine.text('systemctl is-active etcd docker containerd kubelet | sort -u'),
    'inactive',
    'nothing that needs the disk runs',
  );
  await machine.powerCut();
  equal(await disk.hash(), before, `every byte of the disk with ${what}`);
  await machine.destroy();
  await disk.remove();
  say(`refused, not a byte written: ${what}`);
}

export const foreignDisks: Scenario = {
  number: 8,
  name: 'foreign-disks',
  title: 'a data disk that holds something foreign is refused and not written to; the right one is reused',
  needs: 'cluster',
  ci: true,
  async run(lab, { short }) {
    const name = lab.cluster.workers[0]?.name ?? '';
    const old = lab.get(name);
    const disks = old.options.disks ?? [];
    await old.run(['sh', '-c', 'echo 42 >/data/kept; sync']);
    await lab.remove(name, { keepDisks: true });
    const chosen = short ? kinds.filter(({ what }) => !what.includes('xfs')) : kinds;
    for (let at = 0; at < chosen.length; at += 3) {
      await Promise.all(chosen.slice(at, at + 3).map((kind, index) => refused(lab, name, kind, at + index)));
    }
    const machine = await lab.machine(name, { disks });
    machine.powerOn();
    await ready(lab, name);
    equal(await machine.text('cat /data/kept'), '42', 'what was on the reused disk');
    equal(/disk: formatting/.test(machine.console), false, 'the disk was formatted again');
    await nodesReady(lab, nodeNames(lab));
  },
};
