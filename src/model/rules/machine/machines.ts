import type { DataPath } from '../../../base/diagnostic.ts';
import { nearest } from '../../../base/nearest.ts';
import type { Cluster } from '../../cluster.ts';
import { eachIntact } from '../../intact.ts';
import { atKey, error, type Finding, type Rule } from '../rule.ts';

type Disk = Cluster['spec']['dataDisks'][number];

/** The key that names the disk, and the name. */
function identity(disk: Disk): readonly [key: string, name: string] | undefined {
  const key = (['device', 'id', 'serial'] as const).find((one) => disk[one] !== undefined);
  return key === undefined ? undefined : [key, String(disk[key])];
}

export const diskIsNamedOnce: Rule = ({ spec }) =>
  eachIntact(spec.dataDisks, (disk, index) => {
    const given = [disk.device, disk.id, disk.serial].filter((one) => one !== undefined).length;
    if (given === 1) return [];
    const message = given === 0 ? 'the data disk has no device' : 'the data disk is named in more than one way';
    return [error(['dataDisks', index], 'disk-identity', message, "give exactly one of 'device', 'id' and 'serial'")];
  });

function sharesRole(a: Disk, b: Disk): boolean {
  return a.roles.some((role) => b.roles.includes(role));
}

/** What is wrong with two disks of one node. */
function clash(earlier: Disk, disk: Disk, path: DataPath): Finding[] {
  if (!sharesRole(earlier, disk)) return [];
  const [key, name] = identity(disk) ?? [];
  if (key !== undefined && key === identity(earlier)?.[0] && name === identity(earlier)?.[1])
    return [error([...path, key], 'disk-twice', `${name} is used twice`, 'a disk has one mount')];
  if (disk.mount === earlier.mount)
    return [error([...path, 'mount'], 'mount-twice', `${disk.mount} is mounted twice`, 'choose another folder')];
  const nested = disk.mount.startsWith(`${earlier.mount}/`) || earlier.mount.startsWith(`${disk.mount}/`);
  if (nested)
    return [
      error(
        [...path, 'mount'],
        'mount-nested',
        `${disk.mount} and ${earlier.mount} lie one below the other`,
        'mount them side by side',
      ),
    ];
  const shared = disk.holds.find((tenant) => earlier.holds.includes(tenant));
  return shared === undefined
    ? []
    : [error([...path, 'holds'], 'tenant-twice', `two disks hold ${shared}`, 'let one of them hold it')];
}

export const disksApart: Rule = ({ spec }) =>
  eachIntact(spec.dataDisks, (disk, index) =>
    eachIntact(spec.dataDisks.slice(0, index), (earlier) => clash(earlier, disk, ['dataDisks', index])),
  );

/** Folders that knode or its artifacts write to before the disks are there. */
const systemFolders = ['/etc', '/usr', '/opt/cni', '/run', '/var/lib/knode', '/var/lib/kubelet'];

function below(path: string, folder: string): boolean {
  return path.startsWith(`${folder}/`);
}

/** cloud-init writes files before the disks are mounted: what is written below a mount disappears under it. */
export const nothingBelowMounts: Rule = ({ spec }) =>
  spec.dataDisks.flatMap((disk, index) => {
    const { mount } = disk;
    const hidden = spec.extraFiles.flatMap((file, place) => {
      if (!(file.path === mount || below(file.path, mount)) || !file.roles.some((role) => disk.roles.includes(role)))
        return [];
      const where = file.path === mount ? 'is where the data disk is mounted' : `lies below the data disk ${mount}`;
      const message = `${file.path} ${where}: it would be hidden by the mount`;
      return [error(['extraFiles', place, 'path'], 'file-below-mount', message, 'write it elsewhere')];
    });
    const folder = systemFolders.find((one) => one === mount || below(one, mount) || below(mount, one));
    if (folder === undefined) return hidden;
    const message = `${mount} would hide files that knode writes below ${folder}`;
    const hint = 'mount the disk at a folder of its own, for example /data';
    return [...hidden, error(['dataDisks', index, 'mount'], 'mount-covers-system', message, hint)];
  });

/** Two files of the user's own for one path on one node: only one would be there. */
export const ownPathsDiffer: Rule = ({ spec }) =>
  (['extraFiles', 'extraUnits'] as const).flatMap((list) => {
    const key = list === 'extraFiles' ? 'path' : 'name';
    const nameOf = (index: number) =>
      list === 'extraFiles' ? spec.extraFiles[index]?.path : spec.extraUnits[index]?.name;
    return spec[list].flatMap((entry, index) => {
      const earlier = spec[list].findIndex(
        (other, at) =>
          at < index && nameOf(at) === nameOf(index) && other.roles.some((role) => entry.roles.includes(role)),
      );
      if (earlier < 0) return [];
      const message = `${nameOf(index)} stands twice: ${list}[${earlier}] writes it too`;
      return [error([list, index, key], 'path-twice', message, 'keep one, or give them different roles')];
    });
  });

/** Keys that kernels no longer have, or never had outside one distribution. */
const goneSysctls: Readonly<Record<string, string>> = {
  'net.ipv4.tcp_tw_recycle': 'it is gone since Linux 4.12, and broke clients behind NAT before',
  'fs.may_detach_mounts': 'only RHEL 7 kernels had it',
  'net.ipv4.tcp_max_orphans_size': 'no kernel has it',
  'vm.block_dump': 'it is gone since Linux 5.14',
  'kernel.sched_child_runs_first': 'it is gone since Linux 6.6',
};

const goneModules: Readonly<Record<string, string>> = {
  nf_conntrack_ipv4: 'it is part of nf_conntrack since Linux 4.19',
  nf_conntrack_ipv6: 'it is part of nf_conntrack since Linux 4.19',
};

export const kernelHasThem: Rule = ({ spec }) => [
  ...Object.keys(spec.os.sysctls).flatMap((key) => {
    const why = goneSysctls[key.replaceAll('/', '.')];
    return why === undefined
      ? []
      : [atKey(error(['os', 'sysctls', key], 'sysctl-gone', `the kernel has no ${key} any more: ${why}`, 'remove it'))];
  }),
  ...spec.os.kernelModules.flatMap((name, index) => {
    const why = Object.hasOwn(goneModules, name) ? goneModules[name] : undefined;
    return why === undefined
      ? []
      : [
          error(
            ['os', 'kernelModules', index],
            'module-gone',
            `the kernel has no ${name} any more: ${why}`,
            'write nf_conntrack',
          ),
        ];
  }),
];

/** Zones that Intl knows; it carries the tz database. Linked names such as Asia/Calcutta count. */
export const timeZoneExists: Rule = ({ spec }) => {
  // Most are in the list, which costs little; a formatter, which knows their other names too, loads half of ICU.
  if (['UTC', 'Etc/UTC'].includes(spec.os.timezone) || Intl.supportedValuesOf('timeZone').includes(spec.os.timezone))
    return [];
  try {
    new Intl.DateTimeFormat('en', { timeZone: spec.os.timezone });
    return [];
  } catch {
    const { timezone } = spec.os;
    const near = nearest(timezone, Intl.supportedValuesOf('timeZone'));
    const hint = near === undefined ? 'timedatectl list-timezones shows them all' : `did you mean '${near}'?`;
    return [error(['os', 'timezone'], 'unknown-timezone', `there is no time zone '${timezone}'`, hint)];
  }
};

/** A file or unit of the user's own says its content once. */
export const ownContentOnce: Rule = ({ spec }) =>
  eachIntact(['extraFiles', 'extraUnits'] as const, (list) =>
    eachIntact<{ readonly source?: string | undefined; readonly content?: string | undefined }, Finding>(
      spec[list],
      (entry, index) => {
        if ((entry.source === undefined) !== (entry.content === undefined)) return [];
        const message =
          entry.source === undefined ? `${list}[${index}] has no content` : `${list}[${index}] has its content twice`;
        return [
          error(
            [list, index],
            'content-once',
            message,
            "give either 'source' (a file beside the cluster file) or 'content'",
          ),
        ];
      },
    ),
  );

/** A secret that everybody on the node may read is none. */
export const secretsAreClosed: Rule = ({ spec }) =>
  eachIntact(spec.extraFiles, (file, index) => {
    if (!file.secret || file.mode === undefined || file.mode.endsWith('0')) return [];
    const message = `${file.path} is secret, but mode ${file.mode} lets everybody read it`;
    return [
      error(['extraFiles', index, 'mode'], 'secret-readable', message, "leave the mode out for '0600', or end it in 0"),
    ];
  });
