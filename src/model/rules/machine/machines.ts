import type { DataPath } from '../../../base/diagnostic.ts';
import { nearest } from '../../../base/nearest.ts';
import type { Cluster } from '../../cluster.ts';
import { eachIntact } from '../../loading/intact.ts';
import { atKey, error, type Finding, type Rule } from '../rule.ts';
import { say } from './messages.ts';
import { goneModules, goneSysctls, reason } from './reasons.ts';

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
    return [error(['dataDisks', index], say('disk-identity', { named: given }))];
  });

function sharesRole(a: Disk, b: Disk): boolean {
  return a.roles.some((role) => b.roles.includes(role));
}

/** Conflicts between two disks of one node. */
function clash(earlier: Disk, disk: Disk, path: DataPath): Finding[] {
  if (!sharesRole(earlier, disk)) return [];
  const [key, name] = identity(disk) ?? [];
  if (key !== undefined && key === identity(earlier)?.[0] && name === identity(earlier)?.[1])
    return [error([...path, key], say('disk-twice', { name }))];
  if (disk.mount === earlier.mount) return [error([...path, 'mount'], say('mount-twice', { mount: disk.mount }))];
  const nested = disk.mount.startsWith(`${earlier.mount}/`) || earlier.mount.startsWith(`${disk.mount}/`);
  if (nested) return [error([...path, 'mount'], say('mount-nested', { mount: disk.mount, other: earlier.mount }))];
  const shared = disk.holds.find((tenant) => earlier.holds.includes(tenant));
  return shared === undefined ? [] : [error([...path, 'holds'], say('tenant-twice', { tenant: shared }))];
}

export const disksApart: Rule = ({ spec }) =>
  eachIntact(spec.dataDisks, (disk, index) =>
    eachIntact(spec.dataDisks.slice(0, index), (earlier) => clash(earlier, disk, ['dataDisks', index])),
  );

/** Folders that knode or its artifacts write to before the disks are mounted. */
const systemFolders = ['/etc', '/usr', '/opt/cni', '/run', '/var/lib/knode', '/var/lib/kubelet'];

function below(path: string, folder: string): boolean {
  return path.startsWith(`${folder}/`);
}

/** cloud-init writes files before the disks are mounted: files below a mount point would be hidden by the mount. */
export const nothingBelowMounts: Rule = ({ spec }) =>
  spec.dataDisks.flatMap((disk, index) => {
    const { mount } = disk;
    const hidden = spec.extraFiles.flatMap((file, place) => {
      if (!(file.path === mount || below(file.path, mount)) || !file.roles.some((role) => disk.roles.includes(role)))
        return [];
      return [
        error(
          ['extraFiles', place, 'path'],
          say('file-below-mount', { path: file.path, itself: file.path === mount, mount }),
        ),
      ];
    });
    const folder = systemFolders.find((one) => one === mount || below(one, mount) || below(mount, one));
    if (folder === undefined) return hidden;
    return [...hidden, error(['dataDisks', index, 'mount'], say('mount-covers-system', { mount, folder }))];
  });

/** Two of the user's own files with the same path on one node: only one would exist. */
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
      return [error([list, index, key], say('path-twice', { name: nameOf(index), list, earlier }))];
    });
  });

export const kernelHasThem: Rule = ({ spec }) => [
  ...Object.keys(spec.os.sysctls).flatMap((key) => {
    const why = reason(goneSysctls, key.replaceAll('/', '.'));
    return why === undefined ? [] : [atKey(error(['os', 'sysctls', key], say('sysctl-gone', { key, why })))];
  }),
  ...spec.os.kernelModules.flatMap((name, index) => {
    const why = reason(goneModules, name);
    return why === undefined ? [] : [error(['os', 'kernelModules', index], say('module-gone', { name, why }))];
  }),
];

/** Time zones that Intl knows; it contains the tz database. Linked names such as Asia/Calcutta count. */
export const timeZoneExists: Rule = ({ spec }) => {
  // Most zones are in the list, which is fast; a formatter, which also knows linked names, loads half of ICU.
  if (['UTC', 'Etc/UTC'].includes(spec.os.timezone) || Intl.supportedValuesOf('timeZone').includes(spec.os.timezone))
    return [];
  try {
    new Intl.DateTimeFormat('en', { timeZone: spec.os.timezone });
    return [];
  } catch {
    const { timezone } = spec.os;
    const near = nearest(timezone, Intl.supportedValuesOf('timeZone'));
    return [error(['os', 'timezone'], say('unknown-timezone', { timezone, near }))];
  }
};

/** A file or unit of the user's own has one source of content. */
export const ownContentOnce: Rule = ({ spec }) =>
  eachIntact(['extraFiles', 'extraUnits'] as const, (list) =>
    eachIntact<{ readonly source?: string | undefined; readonly content?: string | undefined }, Finding>(
      spec[list],
      (entry, index) => {
        if ((entry.source === undefined) !== (entry.content === undefined)) return [];
        return [error([list, index], say('content-once', { source: entry.source, list, index }))];
      },
    ),
  );

/** A secret must not be readable by every user of the node. */
export const secretsAreClosed: Rule = ({ spec }) =>
  eachIntact(spec.extraFiles, (file, index) => {
    if (!file.secret || file.mode === undefined || file.mode.endsWith('0')) return [];
    return [error(['extraFiles', index, 'mode'], say('secret-readable', { path: file.path, mode: file.mode }))];
  });
