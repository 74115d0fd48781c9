import type { DataPath } from '../../../base/diagnostic.ts';
import type { Cluster } from '../../cluster.ts';
import { dataDirectory } from '../../data-directories.ts';
import { attempt, eachIntact } from '../../intact.ts';
import { error, type Finding, type Rule } from '../rule.ts';
import { say } from './messages.ts';

/** Folders that are empty after a start, or that the system cleans (systemd-tmpfiles(8)), or that the kernel makes. */
const fleeting = /^\/(tmp|var\/tmp|run|var\/run|dev|proc|sys)(\/|$)/;

/** Folders that systems and packages own: whoever keeps data there mixes it with files that others replace. */
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
    // That of the other runtime is nobody's.
    ...(['docker', 'containerd'] as const)
      .filter((runtime) => attempt(() => containerRuntime.type) === runtime)
      .map((runtime) => ({
        what: runtime,
        path: ['containerRuntime', runtime, 'dataDir'],
        value: attempt(() => runtimes[runtime].dataDir),
      })),
  ];
}

/** Data must be there after a start, and in a folder of its own. */
export const dataStays: Rule = (cluster) =>
  eachIntact(settings(cluster), ({ what, path, value }): Finding[] => {
    if (value === undefined) return [];
    if (fleeting.test(value)) return [error(path, say('data-fleeting', { program: what, folder: value }))];
    if (!systems.test(value)) return [];
    return [error(path, say('data-in-system', { folder: value, program: what }))];
  });

/** Two programs that keep their data in one folder remove what is not their own. */
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
 * etcd empties the folder of its log when it makes the first one, and ends with "no such file or directory" when its data was there
 * (server/storage/wal/wal.go, Create; seen with 3.4.23). A folder beside `member`, or below it, is no harm.
 */
export const etcdLogLiesApart: Rule = ({ spec }) => {
  const { walDir } = spec.etcd;
  if (walDir === undefined) return [];
  const role = spec.nodes.etcd.length > 0 ? 'etcd' : 'master';
  const dataDir = dataDirectory(spec, role, 'etcd');
  // Told of as two settings of one folder.
  if (walDir === spec.etcd.dataDir) return [];
  if (![dataDir, `${dataDir}/member`].includes(walDir) && !dataDir.startsWith(`${walDir}/`)) return [];
  return [error(['etcd', 'walDir'], say('data-shared/log', { walDir, dataDir }))];
};
