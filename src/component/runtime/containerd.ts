import { nodePaths } from '../../base/node-paths.ts';
import type { Cluster } from '../../model/cluster.ts';
import { dataDirectory } from '../../model/data-directories.ts';
import { needsStaticContainerd } from '../../release/program/os-release.ts';
import { merge } from '../build/deep-merge.ts';
import { type Component, type NodeContext, runsPods } from '../context.ts';
import { diskUnits } from '../machine/data-disk.ts';
import { registryFiles, registryHosts, registrySettings } from './containerd-registries.ts';

const configDirectory = '/etc/containerd';

/** Tables of the user's that version 4 of the file no longer reads. `debug` keeps its level. */
export function movedTables({ spec, containerd }: Cluster): readonly string[] {
  const { extraConfig } = spec.containerRuntime.containerd;
  return Object.keys(containerd.movedTables()).filter((table) => {
    const keys = Object.keys((extraConfig[table] ?? {}) as object);
    return table === 'debug' ? keys.some((key) => ['address', 'uid', 'gid'].includes(key)) : keys.length > 0;
  });
}

/**
 * The newest version of config.toml. If the user's settings have an older form it is version 3, which containerd
 * migrates at start.
 */
function fileVersion(cluster: Cluster): number {
  return movedTables(cluster).length > 0 ? 3 : cluster.containerd.configVersion();
}

/** config.toml in the format of the version: 2 for containerd 1.x, 3 and 4 for 2.x, whose CRI plugin is split in two. */
export function containerdConfiguration({ cluster, node }: NodeContext): Record<string, unknown> {
  const { cgroupDriver, containerd } = cluster.spec.containerRuntime;
  const runc = {
    runtime_type: 'io.containerd.runc.v2',
    options: { SystemdCgroup: cgroupDriver === 'systemd' },
  };
  const runtimes = { default_runtime_name: 'runc', runtimes: { runc } };
  const cni = { [cluster.containerd.cniBinDirKey()]: cniBin(cluster), conf_dir: nodePaths.cniConf };
  const registry = registrySettings(cluster);
  const plugins = cluster.containerd.splitsCri()
    ? {
        'io.containerd.cri.v1.runtime': { containerd: runtimes, cni },
        'io.containerd.cri.v1.images': { pinned_images: { sandbox: cluster.images.pause }, registry },
      }
    : { 'io.containerd.grpc.v1.cri': { sandbox_image: cluster.images.pause, containerd: runtimes, cni, registry } };
  const ours = {
    version: fileVersion(cluster),
    root: dataDirectory(cluster.spec, node.role, 'containerd'),
    state: '/run/containerd',
    plugins,
  };
  return merge(ours, containerd.extraConfig);
}

function cniBin(cluster: Cluster): string | string[] {
  return cluster.containerd.cniBinDirKey() === 'bin_dirs' ? [nodePaths.cniBin] : nodePaths.cniBin;
}

export const containerd: Component = {
  name: 'containerd',
  purpose: 'runs the containers',
  versionSettings: {
    containerd: ['containerRuntime', 'containerd', 'version'],
    runc: ['containerRuntime', 'runcVersion'],
    crictl: ['containerRuntime', 'crictlVersion'],
  },
  contribute(context) {
    const { cluster, node } = context;
    if (!runsPods(context) || cluster.spec.containerRuntime.type !== 'containerd') return undefined;
    const from = ['containerRuntime', 'containerd'];
    const isStatic = needsStaticContainerd(cluster.spec.os.release, cluster.versions.containerd);
    const archive = isStatic ? 'containerd-static' : 'containerd';
    return {
      files: [
        {
          path: `${configDirectory}/config.toml`,
          layer: 'cluster',
          from,
          content: { kind: 'toml', value: containerdConfiguration(context) },
        },
        ...registryFiles(cluster),
        ...registryHosts(cluster),
        {
          path: '/etc/crictl.yaml',
          layer: 'image',
          content: { kind: 'yaml', documents: [{ 'runtime-endpoint': 'unix:///run/containerd/containerd.sock' }] },
        },
      ],
      units: [
        {
          name: 'containerd.service',
          layer: 'cluster',
          start: true,
          from,
          content: {
            kind: 'template',
            data: { requires: diskUnits(context, dataDirectory(cluster.spec, node.role, 'containerd')) },
          },
        },
      ],
      artifacts: [
        { name: archive, version: cluster.versions.containerd, arch: node.arch },
        { name: 'runc', version: cluster.versions.runc, arch: node.arch },
        { name: 'crictl', version: cluster.versions.crictl, arch: node.arch },
      ],
      kernelModules: ['overlay'],
    };
  },
};
