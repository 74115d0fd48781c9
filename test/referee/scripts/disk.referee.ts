import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, symlinkSync, truncateSync, writeSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { cleanUp, later, missingTools, Root, run, sh, sleep, start, until } from './support.ts';

const MiB = 1 << 20;
/** Room for ext4's first backup superblock at 128 MiB. xfs needs more. */
const size = 160 * MiB;
const xfsSize = 320 * MiB;
const missing = missingTools('losetup', 'mkfs.ext4', 'mkfs.xfs', 'blkid', 'findmnt', 'sfdisk', 'mkswap', 'strace');

afterEach(cleanUp);

/** The disk of one node: a sparse file behind a loop device. */
class Disk {
  readonly root = new Root();
  readonly image: string;
  readonly device: string;
  readonly target: string;

  constructor(fstype = 'ext4', bytes = size, prepare: (image: string) => void = () => {}) {
    this.image = this.root.write('disk.img', '');
    truncateSync(this.image, bytes);
    prepare(this.image);
    this.device = sh('losetup', '-f', '--show', this.image).trim();
    later(() => void sh('losetup', '-d', this.device));
    this.target = this.root.at('var/lib/etcd');
    later(() => this.unmount());
    this.root.env('node', { NODE_NAME: 'm1', NODE_IP: '10.0.0.1' });
    this.root.env('cluster', { KNODE_CLUSTER: 'prod', KNODE_DISK_WAIT: '0' });
    this.list(`${this.device} ${fstype} /var/lib/etcd`);
    this.root.write('etc/fstab', '# a comment\nproc /proc proc defaults 0 0');
  }

  list(line: string): void {
    this.root.write('etc/knode/disks.list', `# device fstype mountpoint\n${line}\n`);
  }

  unmount(): void {
    for (const path of [this.target, this.root.at('run/knode/disk')]) {
      try {
        while (sh('mountpoint', '-q', path) === '') sh('umount', path);
      } catch {
        // Not mounted.
      }
    }
  }

  hash(): string {
    return sh('sha256sum', this.device);
  }

  write(offset: number, bytes: Buffer): void {
    poke(this.device, offset, bytes);
  }

  blkid(key: string): string {
    return sh('blkid', '-p', '-o', 'value', '-s', key, this.device).trim();
  }

  async refused(pattern: RegExp): Promise<string> {
    const before = this.hash();
    const { code, out } = await run('disk', this.root);
    expect(out).toMatch(pattern);
    expect(out).toContain(this.device);
    expect(code).toBe(1);
    expect(this.hash()).toBe(before);
    return out;
  }
}

function poke(path: string, offset: number, bytes: Buffer): void {
  const file = openSync(path, 'r+');
  writeSync(file, bytes, 0, bytes.length, offset);
  closeSync(file);
}

/** RFC 4122, version 5, in the DNS name space: computed a second time, independently of the script. */
function uuid5(name: string): string {
  const hash = createHash('sha1')
    .update(Buffer.from('6ba7b8109dad11d180b400c04fd430c8', 'hex'))
    .update(name)
    .digest()
    .subarray(0, 16);
  hash[6] = (hash[6]! & 0x0f) | 0x50;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  return hash.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

const uuid = uuid5('prod/m1/var/lib/etcd');
const marker = 'cluster=prod node=m1 mount=/var/lib/etcd\n';

describe.skipIf(missing.length > 0)('disk', () => {
  it.each(['ext4', 'xfs'])('formats a blank device once as %s, then reuses it', async (fstype) => {
    const disk = new Disk(fstype, xfsSize);
    const first = await run('disk', disk.root);
    expect(first.out).toContain('formatting');
    expect(first).toExit(0);
    expect(disk.blkid('UUID')).toBe(uuid);
    expect(disk.blkid('TYPE')).toBe(fstype);
    expect(disk.blkid('LABEL')).toBe(`kn-${uuid.slice(0, 8)}`);
    expect(disk.root.read('var/lib/etcd/.knode')).toBe(marker);
    const fstab = disk.root.read('etc/fstab');
    expect(fstab).toBe(
      `# a comment\nproc /proc proc defaults 0 0\nUUID=${uuid} ${disk.target} ${fstype} defaults,noatime,nofail,x-systemd.device-timeout=30s 0 2\n`,
    );
    sh('findmnt', '--verify', '--tab-file', disk.root.at('etc/fstab'));

    disk.root.write('var/lib/etcd/data', 'precious');
    const mounted = await run('disk', disk.root);
    expect(mounted.out).not.toContain('formatting');
    expect(mounted).toExit(0);

    // A new boot, and a replaced root disk: nothing is mounted, and then fstab and /var/lib/knode are new as well.
    disk.unmount();
    expect(await run('disk', disk.root)).toExit(0);
    disk.unmount();
    disk.root.write('etc/fstab', '');
    rmSync(disk.root.at('var/lib/knode'), { recursive: true });
    const replaced = await run('disk', disk.root);
    expect(replaced.out).toContain('reused');
    expect(replaced).toExit(0);
    expect(disk.root.read('var/lib/etcd/data')).toBe('precious');
    expect(disk.root.read('etc/fstab').match(/UUID/g)).toHaveLength(1);
  });

  it('finds a device by its id, and waits for it', async () => {
    const disk = new Disk();
    mkdirSync('/dev/disk/by-id', { recursive: true });
    const link = `/dev/disk/by-id/knode-test-${process.pid}`;
    later(() => rmSync(link, { force: true }));
    disk.list(`id:knode-test-${process.pid} ext4 /var/lib/etcd`);
    const absent = await run('disk', disk.root);
    expect(absent.out).toMatch(/waiting for the device id:knode-test.* attach the disk/);
    expect(absent).toExit(1);
    disk.root.env('cluster', { KNODE_CLUSTER: 'prod' });
    const waiting = start('disk', disk.root);
    await waiting.says(/waiting for the device/);
    symlinkSync(disk.device, link);
    expect(await waiting.finished).toExit(0);
  });

  it('finds a device by its serial number', async () => {
    const disk = new Disk();
    // Loop devices have none, so lsblk is told what to say.
    disk.root.standIn(
      'lsblk',
      `case $* in *NAME,SERIAL*) printf 'sda AAA\\n${disk.device.slice(5)} XYZ-1\\n' ;; *) echo XYZ-1 ;; esac`,
    );
    disk.list('serial:XYZ-1 ext4 /var/lib/etcd');
    const { code, out } = await run('disk', disk.root);
    expect(out).toContain(disk.device);
    expect(code).toBe(0);
  });

  const foreign: [string, RegExp, (image: string) => void][] = [
    ['an ext4 file system', /TYPE=ext4/, (image) => void sh('mkfs.ext4', '-qF', image)],
    [
      'an xfs file system',
      /TYPE=xfs/,
      (image) => {
        truncateSync(image, xfsSize);
        sh('mkfs.xfs', '-qf', image);
      },
    ],
    ['swap', /TYPE=swap/, (image) => void sh('mkswap', image)],
    ['a GPT', /PTTYPE=gpt/, (image) => void sh('sh', '-c', `echo 'label: gpt' | sfdisk -q ${image}`)],
    [
      'a GPT with a partition',
      /PTTYPE=gpt/,
      (image) => void sh('sh', '-c', `printf 'label: gpt\\n,,\\n' | sfdisk -q ${image}`),
    ],
    ['an MBR', /PTTYPE=dos/, (image) => void sh('sh', '-c', `printf 'label: dos\\n,,\\n' | sfdisk -q ${image}`)],
    ['LUKS', /crypto_LUKS|not blank/, (image) => poke(image, 0, Buffer.from('LUKS\xba\xbe\0\x01', 'latin1'))],
    [
      'an LVM physical volume',
      /LVM2|not blank/,
      (image) => {
        const label = Buffer.alloc(512);
        label.write('LABELONE', 0);
        label.writeBigUInt64LE(1n, 8);
        label.writeUInt32LE(32, 20);
        label.write('LVM2 001', 24);
        poke(image, 512, label);
      },
    ],
    ['an md member (1.2)', /linux_raid_member|not blank/, (image) => poke(image, 4096, mdSuperblock(8n))],
    [
      'an md member (1.0, at the end)',
      /linux_raid_member|not blank/,
      (image) => poke(image, size - 8192, mdSuperblock(BigInt(size / 512 - 16))),
    ],
    [
      'a backup GPT only',
      /PTTYPE|gpt|not blank/,
      (image) => {
        sh('sh', '-c', `printf 'label: gpt\\n,,\\n' | sfdisk -q ${image}`);
        poke(image, 0, Buffer.alloc(64 * 1024));
      },
    ],
    ['bytes without a signature at the beginning', /not blank/, (image) => poke(image, 3 * MiB, Buffer.from('x'))],
    ['bytes without a signature at the end', /not blank/, (image) => poke(image, size - 1, Buffer.from('x'))],
    [
      'an ext4 whose first 8 MiB were wiped',
      /not blank/,
      (image) => {
        sh('mkfs.ext4', '-qF', '-b', '4096', image);
        poke(image, 0, Buffer.alloc(8 * MiB));
      },
    ],
    [
      'two signatures',
      /blkid cannot tell|TYPE=/,
      (image) => {
        sh('mkfs.ext4', '-qF', image);
        poke(image, 0, Buffer.from('XFSB', 'latin1'));
      },
    ],
    [
      "another node's disk",
      /TYPE=ext4/,
      (image) => void sh('mkfs.ext4', '-qF', '-U', uuid5('prod/m2/var/lib/etcd'), image),
    ],
    ['a disk too small', /only \d+ bytes/, (image) => truncateSync(image, 8 * MiB)],
  ];
  it.each(foreign)('refuses %s and writes nothing', async (_, pattern, prepare) => {
    const out = await new Disk('ext4', size, prepare).refused(pattern);
    expect(out).toContain('Nothing was written to it');
  });

  it('refuses the marker of another cluster, other content without a marker, and another file system than asked for', async () => {
    const disk = new Disk('ext4', size, (image) => void sh('mkfs.ext4', '-qF', '-U', uuid, image));
    const change = (action: () => void) => {
      mkdirSync(disk.target, { recursive: true });
      sh('mount', disk.device, disk.target);
      action();
      disk.unmount();
    };
    change(() => disk.root.write('var/lib/etcd/.knode', 'cluster=other node=m1 mount=/var/lib/etcd\n'));
    expect(await disk.refused(/its marker says "cluster=other/)).not.toContain('dd if=');
    disk.list(`${disk.device} xfs /var/lib/etcd`);
    expect(await disk.refused(/it holds ext4, while the cluster file says xfs/)).not.toContain('dd if=');
    disk.list(`${disk.device} ext4 /var/lib/etcd`);
    change(() => {
      rmSync(`${disk.target}/.knode`);
      disk.root.write('var/lib/etcd/member', 'data');
    });
    const { code, out } = await run('disk', disk.root);
    expect(out).toContain("has this node's own UUID, and stays as it is: it has no marker file, and is not empty");
    expect(out).not.toContain('dd if=');
    expect(code).toBe(1);
  });

  it('writes the marker when the power went between mkfs and marker', async () => {
    const disk = new Disk('ext4', size, (image) => void sh('mkfs.ext4', '-qF', '-U', uuid, image));
    expect(await run('disk', disk.root)).toExit(0);
    expect(disk.root.read('var/lib/etcd/.knode')).toBe(marker);
  });

  it('refuses a device that is mounted elsewhere or in use', async () => {
    const disk = new Disk('ext4', size, (image) => void sh('mkfs.ext4', '-qF', '-U', uuid, image));
    mkdirSync(disk.root.at('mnt'));
    sh('mount', '-o', 'ro,noload', disk.device, disk.root.at('mnt'));
    try {
      await disk.refused(/it is mounted on/);
    } finally {
      sh('umount', disk.root.at('mnt'));
    }
  });

  it('waits while a file system check uses its disk, says so, and never suggests erasing it', async () => {
    const disk = new Disk();
    expect(await run('disk', disk.root)).toExit(0);
    disk.root.write('var/lib/etcd/data', 'precious');
    disk.unmount();
    // Slowed down at each read, so that the check of a small disk lasts as long as that of a large one.
    const slow = ['-f', '-o', '/dev/null', '-e', 'trace=pread64', '-e', 'inject=pread64:delay_enter=100000'];
    const check = spawn('strace', [...slow, 'e2fsck', '-f', '-y', disk.device], { stdio: 'ignore' });
    const ended = new Promise((resolve) => check.on('exit', resolve));
    later(() => void check.kill('SIGKILL'));
    // Not by a mount: e2fsck then continues without claiming the device.
    const children = `/proc/${check.pid}/task/${check.pid}/children`;
    const claimed = () =>
      readFileSync(children, 'utf8')
        .split(' ')
        .filter(Boolean)
        .some((pid) => spawnSync('ls', ['-l', `/proc/${pid}/fd`], { encoding: 'utf8' }).stdout.includes(disk.device));
    await until(claimed, 20, () => 'e2fsck did not claim the device');
    disk.root.env('cluster', { KNODE_CLUSTER: 'prod' });
    const waiting = start('disk', disk.root);
    await waiting.says(/waiting for \/dev\/loop\d+: another program uses it \(a file system check\?\): .*busy/);
    await ended;
    const { code, out } = await waiting.finished;
    expect(code, out).toBe(0);
    expect(out).toContain('reused');
    expect(out).not.toMatch(/dd if=|formatting|not used/);
    expect(disk.root.read('var/lib/etcd/data')).toBe('precious');
  });

  it('checks a refused disk again: it continues once the disk is right', async () => {
    const disk = new Disk('ext4', size, (image) => void sh('mkswap', image));
    disk.root.env('cluster', { KNODE_CLUSTER: 'prod' });
    const waiting = start('disk', disk.root);
    await waiting.says(/is not formatted and not used: it holds something: .*TYPE=swap/);
    disk.write(0, Buffer.alloc(MiB));
    const { code, out } = await waiting.finished;
    expect(code, out).toBe(0);
    expect(disk.blkid('UUID')).toBe(uuid);
  });

  it('does not format beside a foreign line of fstab, nor over a foreign mount', async () => {
    const disk = new Disk();
    mkdirSync(disk.target, { recursive: true });
    sh('mount', '-t', 'tmpfs', 'none', disk.target);
    const before = disk.hash();
    const over = await run('disk', disk.root);
    expect(over.out).toContain('something else is mounted on /var/lib/etcd');
    expect(over).toExit(1);
    disk.unmount();
    disk.root.write('etc/fstab', `/dev/other ${disk.target} ext4 defaults 0 2\n`);
    const beside = await run('disk', disk.root);
    expect(beside.out).toMatch(/already mounts \/dev\/other/);
    expect(beside).toExit(1);
    expect(disk.hash()).toBe(before);
  });

  /** The real mkfs, killed at its nth write ($KNODE_TEST_CUT): earlier writes stay on the device. */
  function cutDuring(disk: Disk, program: string): void {
    disk.root.standIn(
      program,
      `exec strace -f -o /dev/null -e trace=pwrite64,write,fsync -e inject=pwrite64:signal=KILL:when=\${KNODE_TEST_CUT} "$(PATH=/usr/sbin:/sbin command -v ${program})" "$@"`,
    );
  }

  it.each(['ext4', 'xfs'])('converges after mkfs of %s was cut at any write', async (fstype) => {
    const disk = new Disk(fstype, xfsSize);
    cutDuring(disk, `mkfs.${fstype}`);
    let cuts = 0;
    let again = 0;
    let finished = false;
    for (let at = 1; at < 4000 && !finished; at = Math.ceil(at * 1.6)) {
      const ran = await run('disk', disk.root, { env: { KNODE_TEST_CUT: String(at) } });
      if (ran.code === 0) finished = true;
      else {
        cuts += 1;
        expect(ran.out).toMatch(/formatting/);
      }
      if (ran.out.includes('formatting') && ran.out.includes('again: the last time was interrupted')) again += 1;
    }
    expect(finished).toBe(true);
    expect(cuts).toBeGreaterThan(2);
    expect(again).toBeGreaterThan(2);
    console.log(`disk: ${fstype}: ${cuts} cuts, formatted again ${again} times`);
    expect(disk.blkid('UUID')).toBe(uuid);
    expect(disk.root.read('var/lib/etcd/.knode')).toBe(marker);
    expect(sh('ls', disk.root.at('var/lib/knode'))).toBe('');
  });

  it('an intent does not permit formatting another device, nor over a foreign signature', async () => {
    const disk = new Disk();
    cutDuring(disk, 'mkfs.ext4');
    await run('disk', disk.root, { env: { KNODE_TEST_CUT: '3' } });
    const intent = `var/lib/knode/disk-intent-${uuid}`;
    const text = disk.root.read(intent);
    disk.write(2 * MiB, Buffer.from('garbage'));
    disk.root.write(intent, text.replace(String(size), String(size + 512)));
    await disk.refused(/not blank|cannot be mounted/);
    disk.root.write(intent, text);
    sh('mkfs.ext4', '-qF', disk.device);
    await disk.refused(/it holds something: .*TYPE=ext4/);
  });

  it('survives kill -9 at random moments', async () => {
    const seed = Number(process.env.KNODE_SEED ?? Date.now() % 100000);
    console.log(`disk: seed ${seed} (KNODE_SEED)`);
    let state = seed;
    for (let round = 0; round < 6; round += 1) {
      const disk = new Disk(round % 2 ? 'xfs' : 'ext4', xfsSize);
      for (let cut = 0; cut < 3; cut += 1) {
        state = (state * 1103515245 + 12345) % 2147483648;
        const running = start('disk', disk.root);
        await sleep(state % 600);
        await running.kill();
        // The power cut ends mounts as well.
        disk.unmount();
      }
      const last = await run('disk', disk.root);
      expect(last.out).toContain('/var/lib/etcd is on');
      expect(last).toExit(0);
      expect(disk.root.read('var/lib/etcd/.knode')).toBe(marker);
      await cleanUp();
    }
  });
});

function mdSuperblock(offsetSectors: bigint): Buffer {
  const block = Buffer.alloc(256);
  block.writeUInt32LE(0xa92b4efc, 0);
  block.writeUInt32LE(1, 4);
  block.writeUInt32LE(0xbeef, 16);
  block.writeBigUInt64LE(offsetSectors, 144);
  return block;
}
