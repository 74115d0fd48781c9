import type { ClusterFile } from './schema/cluster-file.ts';

export type ContainerdRegistry = ClusterFile['containerRuntime']['containerd']['registries'][number];

/** `host` or `host:port` of a registry's or a mirror's URL. */
export function urlHost(url: string): string {
  return URL.canParse(url) ? new URL(url).host : '';
}

/** The settings of a host in the cluster file, as a mirror or as a registry. Docker Hub has two names. */
export function registryOf(registries: readonly ContainerdRegistry[], host: string): ContainerdRegistry | undefined {
  const named = (name: string) => registries.find((one) => one.host === name);
  return named(host) ?? (host === 'docker.io' ? named('registry-1.docker.io') : undefined);
}
