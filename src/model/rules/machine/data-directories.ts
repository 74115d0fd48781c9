import type { DataPath } from '../../../base/diagnostic.ts';
import type { Cluster } from '../../cluster.ts';
import { dataDirectory } from '../../data-directories.ts';
import { attempt, eachIntact } from '../../loading/intact.ts';
import { error, type Finding, type Rule } from '../rule.ts';
import { say } from './messages.ts';

/** Folders that are empty after a boot, that the system cleans (systemd-tmpfiles(8)), or that the kernel makes. */
const fleeting = /^\/(tmp|var\/tmp|run|var\/run|dev|proc|sys)(\/|$)/;

/** Folders of systems and packages: data in them is mixed with files that others replace. */
const systems = /^\/(bin|sbin|lib|lib64|usr|etc|boot|root|home|var|var\/lib|var\/log|var\/cache)$/;

interface Setting {
  readonly what: string;
  readonly path: DataPath;
  readonly value: string | undefined;
}

function settings({ spec }: Cluster): readonly Setting[] {
  const { containerRuntime, etcd, kubernetes } = spec;
  const { docker, containerd } = containerRuntime;
  const runtimes = { docker, containerd };
  return [
    { what: 'etcd', path: ['etcd', 'dataDir'], value: attempt(() => etcd.dataDir) },
    { what: 'etcd', path: ['etcd', 'walDir'], value: attempt(() => etcd.walDir) },
    { what: 'kubelet', path: ['kubernetes', 'kubelet', 'dataDir'], value: attempt(() => kubernetes.kubelet.dataDir) },
    // The folder of the other runtime is unused.
    ...(['docker', 'containerd'] as const)
      .filter((runtime) => attempt(() => containerRuntime.type) === runtime)
      .map((runtime) => ({
        what: runtime,
        path: ['containerRuntime', runtime, 'dataDir'],
        value: attempt(() => runtimes[runtime].dataDir),
      })),
  ];
}

/** Data must survive a boot, and be in a folder of its own. */
export const dataStays: Rule = (cluster) =>
  eachIntact(settings(cluster), ({ what, path, value }): Finding[] => {
    if (value === undefined) return [];
    if (fleeting.test(value)) return [error(path, say('data-fleeting', { program: what, folder: value }))];
    if (!systems.test(value)) return [];
    return [error(path, say('data-in-system', { folder: value, program: what }))];
  });

/** Two programs with data in the same folder remove each other's files. */
export const dataApart: Rule = (cluster) => {
  const given = settings(cluster).filter(({ value }) => value !== undefined);
  return given.flatMap(({ what, path, value }, index): Finding[] => {
    const other = given.slice(0, index).find((earlier) => earlier.value === value);
    if (other === undefined) return [];
    return [
      error(
        path,
        say('data-shared/setting', {
          folder: value,
          other: other.what,
          otherKey: String(other.path.at(-1)),
          program: what,
          key: String(path.at(-1)),
        }),
      ),
    ];
  });
};

/**
 * etcd empties the folder of its log when it creates the first one, and fails with "no such file or directory" if its
 * data was there (server/storage/wal/wal.go, Create; seen with 3.4.23). A folder beside `member`, or below it, does no
 * harm.
 */
export const etcdLogLiesApart: Rule = ({ spec }) => {
  const { walDir } = spec.etcd;
  if (walDir === undefined) return [];
  const role = spec.nodes.etcd.length > 0 ? 'etcd' : 'master';
  const dataDir = dataDirectory(spec, role, 'etcd');
  // Reported as two settings with the same folder.
  if (walDir === spec.etcd.dataDir) return [];
  if (![dataDir, `${dataDir}/member`].includes(walDir) && !dataDir.startsWith(`${walDir}/`)) return [];
  return [error(['etcd', 'walDir'], say('data-shared/log', { walDir, dataDir }))];
};
