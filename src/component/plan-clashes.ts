import { type DataPath, type Diagnostic, formatPath } from '../base/diagnostic.ts';
import { nodePaths } from '../base/node-paths.ts';
import type { Cluster } from '../model/cluster.ts';
import { say } from './messages.ts';
import type { PlannedFile, PlannedUnit } from './plan.ts';

/**
 * Conflicts of the user's own files, units and services with knode's on one node.
 * @throws Error if two components of knode write the same file: a bug in knode.
 */
export function clashesOf(
  cluster: Cluster,
  files: readonly PlannedFile[],
  units: readonly PlannedUnit[],
): readonly Diagnostic[] {
  return [...duplicates(files), ...filesAsFolders(files), ...ownUnitsDisabled(cluster, units)];
}

/** Services that every machine needs to boot, and cloud-init, which runs the first boot. */
const systemServices =
  /^(dbus(-broker)?|systemd-(journald|udevd|logind|sysctl|modules-load)|cloud-(init.*|config|final))$/;

function ownUnitsDisabled({ spec }: Cluster, units: readonly PlannedUnit[]): Diagnostic[] {
  const bare = (name: string): string => name.replace(/\.service$/, '');
  return spec.os.disableServices.flatMap((service, index): Diagnostic[] => {
    const owner = units.find(({ name }) => bare(name) === bare(service))?.component;
    const path = ['os', 'disableServices', index];
    if (owner !== undefined) {
      return [{ severity: 'error', ...say('service-needed/own-units-disabled', { service, owner }), path }];
    }
    if (!systemServices.test(bare(service))) return [];
    return [{ severity: 'error', ...say('service-needed/system', { service }), path }];
  });
}

function duplicates(files: readonly PlannedFile[]): Diagnostic[] {
  const seen = new Map<string, PlannedFile>();
  return files.flatMap((file) => {
    const earlier = seen.get(file.path);
    seen.set(file.path, file);
    if (earlier === undefined) return [];
    const own = [file, earlier].find((one) => one.component === 'extras');
    if (own?.from === undefined)
      throw new Error(`${file.path} is declared by ${earlier.component} and by ${file.component}`);
    return [clash(own.path, own.from, earlier === own ? file.component : earlier.component)];
  });
}

/** The user's own files that would also have to be folders, because another file is below them. */
function filesAsFolders(files: readonly PlannedFile[]): Diagnostic[] {
  return files.flatMap((own) => {
    if (own.component !== 'extras' || own.from === undefined) return [];
    const below = files.find(({ path }) => path.startsWith(`${own.path}/`));
    const folder = below?.path ?? systemFolders.find((one) => one === own.path || one.startsWith(`${own.path}/`));
    if (folder === undefined) return [];
    return [
      {
        severity: 'error',
        ...say('path-is-folder', { from: formatPath(own.from), path: own.path, folder }),
        path: [...own.from, own.from[0] === 'extraUnits' ? 'name' : 'path'],
      },
    ];
  });
}

/** Folders of every system and of knode's own scripts that are not in the plan. */
const systemFolders: readonly string[] = [
  '/etc/ssh',
  '/dev',
  '/proc',
  '/sys',
  '/tmp',
  '/root',
  '/home',
  '/boot',
  '/usr/bin',
  '/usr/lib',
  '/usr/sbin',
  '/var/log',
  '/var/lib/kubelet/pki',
  nodePaths.images,
  nodePaths.bin,
  nodePaths.cniBin,
  nodePaths.cniConf,
  nodePaths.run,
];

function clash(path: string, from: DataPath, owner: string): Diagnostic {
  return {
    severity: 'error',
    ...say('path-taken', { from: formatPath(from), path, owner }),
    path: [...from, from[0] === 'extraUnits' ? 'name' : 'path'],
  };
}
