import { nodePaths } from '../../base/node-paths.ts';
import { disksOf } from '../../model/data-directories.ts';
import type { ClusterFile } from '../../model/schema/cluster-file.ts';
import type { Component, NodeContext } from '../context.ts';

type DataDisk = ClusterFile['dataDisks'][number];

/**
 * Units that must have succeeded before a unit with these folders may start: otherwise, if a data disk were refused,
 * the data would silently be written to the root disk.
 */
export function diskUnits({ cluster, node }: NodeContext, ...folders: readonly string[]): readonly string[] {
  const mounts = disksOf(cluster.spec, node.role).map((disk) => disk.mount);
  const onDisk = folders.some((folder) => mounts.some((mount) => `${folder}/`.startsWith(`${mount}/`)));
  return onDisk ? ['knode-disk.service'] : [];
}

/** One line of disks.list: `device fstype mountpoint`. */
function diskLine(disk: DataDisk): string {
  const device = disk.device ?? (disk.id === undefined ? `serial:${disk.serial}` : `id:${disk.id}`);
  return `${device} ${disk.filesystem} ${disk.mount}\n`;
}

/**
 * Data disks. cloud-init's fs_setup may format a disk that holds data, so it is not used. The node's own step formats
 * only disks that are provably empty, reuses its own, and refuses all others.
 */
export const dataDisk: Component = {
  name: 'data-disk',
  purpose: 'finds, formats (only when empty) and mounts the data disks',
  contribute({ cluster, node }) {
    const disks = disksOf(cluster.spec, node.role);
    if (disks.length === 0) return undefined;
    const from = ['dataDisks'];
    return {
      files: [
        {
          path: nodePaths.disksList,
          layer: 'cluster',
          from,
          content: { kind: 'text', text: disks.map(diskLine).join('') },
        },
        { path: `${nodePaths.lib}/disk`, layer: 'image', mode: '0755', content: { kind: 'static' } },
      ],
      units: [{ name: 'knode-disk.service', layer: 'image', start: true, from, content: { kind: 'static' } }],
      packages: [...new Set(disks.map((disk) => disk.filesystem))],
    };
  },
};
