import type { DataPath, Diagnostic, Report } from '../base/diagnostic.ts';
import { type ContainerdRelease, containerdRelease } from '../release/program/containerd-release.ts';
import { type DockerRelease, dockerRelease } from '../release/program/docker-release.ts';
import { type EtcdRelease, etcdRelease } from '../release/program/etcd-release.ts';
import { type FlannelRelease, flannelRelease } from '../release/program/flannel-release.ts';
import { type KubernetesRelease, kubernetesRelease } from '../release/program/kubernetes-release.ts';
import type { Versions } from './cluster.ts';
import { attempt, lazily, type Parts, unreadable } from './loading/intact.ts';
import type { ClusterFile } from './schema/cluster-file.ts';

/**
 * The only release of flannel's CNI plugin whose checksum is known; it works with every flannel, because it reads only
 * subnet.env.
 */
const flannelCniPlugin = '1.0.0';

interface ReleaseByName {
  readonly kubernetes: KubernetesRelease;
  readonly etcd: EtcdRelease;
  readonly flannel: FlannelRelease;
  readonly containerd: ContainerdRelease;
  readonly docker: DockerRelease;
}

/** The versions, and the objects that answer questions about them. */
export interface Releases extends ReleaseByName {
  readonly versions: Versions;
}

/** The versions in a file, or knode's defaults. A version without facts is reported, and reading it throws. */
export function deriveReleases(file: ClusterFile): { releases: Releases; diagnostics: readonly Diagnostic[] } {
  const versions = lazily<Versions>(versionsOf(file, () => releases.kubernetes));
  const reports = lazily<{ readonly [Name in keyof ReleaseByName]: Report<ReleaseByName[Name]> }>({
    kubernetes: () => at(['kubernetes', 'version'], kubernetesRelease(versions.kubernetes)),
    etcd: () => at(place(['etcd'], file.etcd.version), etcdRelease(versions.etcd)),
    flannel: () => at(place(['network', 'flannel'], file.network.flannel.version), flannelRelease(versions.flannel)),
    containerd: () =>
      at(
        place(['containerRuntime', 'containerd'], file.containerRuntime.containerd.version),
        containerdRelease(versions.containerd),
      ),
    docker: () =>
      at(place(['containerRuntime', 'docker'], file.containerRuntime.docker.version), dockerRelease(versions.docker)),
  });
  const releases: Releases = lazily<Releases>({
    versions: () => attempt(() => ({ ...versions })) ?? versions,
    kubernetes: () => reports.kubernetes.value ?? unreadable(),
    etcd: () => reports.etcd.value ?? unreadable(),
    flannel: () => reports.flannel.value ?? unreadable(),
    containerd: () => reports.containerd.value ?? unreadable(),
    docker: () => reports.docker.value ?? unreadable(),
  });
  const names = Object.keys(reports) as (keyof ReleaseByName)[];
  return { releases, diagnostics: names.flatMap((name) => attempt(() => reports[name].diagnostics) ?? []) };
}

function versionsOf(file: ClusterFile, kubernetes: () => KubernetesRelease): Parts<Versions> {
  const paired = () => kubernetes().defaults();
  const runtime = () => file.containerRuntime;
  return {
    kubernetes: () => file.kubernetes.version,
    etcd: () => file.etcd.version ?? paired().etcd,
    flannel: () => file.network.flannel.version ?? paired().flannel,
    containerd: () => runtime().containerd.version ?? paired().containerd,
    docker: () => runtime().docker.version ?? paired().docker,
    criDockerd: () => runtime().docker.criDockerdVersion ?? paired().criDockerd,
    runc: () => runtime().runcVersion ?? paired().runc,
    cniPlugins: () => runtime().cniPluginsVersion ?? paired().cniPlugins,
    flannelCniPlugin: () => flannelCniPlugin,
    crictl: () => runtime().crictlVersion ?? paired().crictl,
  };
}

/** The component's own key if the file has no version. */
function place(component: DataPath, version: string | undefined): DataPath {
  return version === undefined ? component : [...component, 'version'];
}

function at<T>(path: DataPath, report: Report<T>): Report<T> {
  const diagnostics = report.diagnostics.map((diagnostic): Diagnostic => ({ path, ...diagnostic }));
  return { ...report, diagnostics };
}
