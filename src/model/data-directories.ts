import type { Role, Tenant } from './cluster.ts';
import type { ClusterFile } from './schema/cluster-file.ts';

type DataDisk = ClusterFile['dataDisks'][number];

const defaults: Readonly<Record<Tenant, string>> = {
  etcd: '/var/lib/etcd',
  docker: '/var/lib/docker',
  containerd: '/var/lib/containerd',
  kubelet: '/var/lib/kubelet',
};

/** The data disks of nodes with a role. */
export function disksOf(file: ClusterFile, role: Role): readonly DataDisk[] {
  return file.dataDisks.filter((disk) => disk.roles.includes(role));
}

/** Data directory of a component on nodes of a role: the setting, otherwise the disk for it, otherwise the default. */
export function dataDirectory(file: ClusterFile, role: Role, tenant: Tenant): string {
  const said: Record<Tenant, string | undefined> = {
    etcd: file.etcd.dataDir,
    docker: file.containerRuntime.docker.dataDir,
    containerd: file.containerRuntime.containerd.dataDir,
    kubelet: file.kubernetes.kubelet.dataDir,
  };
  const disk = disksOf(file, role).find((one) => one.holds.includes(tenant));
  return said[tenant] ?? (disk === undefined ? defaults[tenant] : `${disk.mount}/${tenant}`);
}
