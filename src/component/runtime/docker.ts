import { nodePaths } from '../../base/node-paths.ts';
import type { Cluster } from '../../model/cluster.ts';
import { dataDirectory } from '../../model/data-directories.ts';
import { escapeArgument } from '../build/arguments.ts';
import { merge } from '../build/deep-merge.ts';
import { mountingSandbox } from '../build/sandbox.ts';
import { type Component, type NodeContext, runsPods } from '../context.ts';
import { diskUnits } from '../machine/data-disk.ts';

/** Only these drivers have sizes and files; dockerd refuses another driver's options (daemon/logger/factory.go). */
function rotatesFiles(driver: unknown): boolean {
  return [undefined, null, 'json-file', 'local'].includes(driver as string | undefined | null);
}

function logOptions({ logMaxSize, logMaxFiles }: Cluster['spec']['containerRuntime']['docker']): object {
  return { 'max-size': logMaxSize, 'max-file': String(logMaxFiles) };
}

/**
 * daemon.json, without bip and mtu: they come from flannel at boot, and dockerd refuses a setting that is given twice.
 */
export function daemonConfig({ cluster, node }: NodeContext): Record<string, unknown> {
  const { cgroupDriver, docker } = cluster.spec.containerRuntime;
  const ours = {
    'data-root': dataDirectory(cluster.spec, node.role, 'docker'),
    'exec-opts': [`native.cgroupdriver=${cgroupDriver}`],
    'storage-driver': docker.storageDriver,
    'log-driver': 'json-file',
    ...(rotatesFiles(docker.extraConfig['log-driver']) ? { 'log-opts': logOptions(docker) } : {}),
    'live-restore': docker.liveRestore,
    ...(docker.registryMirrors.length > 0 ? { 'registry-mirrors': docker.registryMirrors } : {}),
    ...(docker.insecureRegistries.length > 0 ? { 'insecure-registries': docker.insecureRegistries } : {}),
    // Pods have a CNI network: docker's own bridge would only occupy an address.
    ...(cluster.usesCni ? { bridge: 'none' } : {}),
  };
  return merge(ours, docker.extraConfig);
}

/** From Kubernetes 1.24 on, cri-dockerd connects kubelet with docker. */
function criDockerd(cluster: Cluster, arch: 'amd64' | 'arm64') {
  if (cluster.kubernetes.runtimeShim('docker') !== 'cri-dockerd') return { units: [], artifacts: [] };
  const data = {
    program: `${nodePaths.bin}/cri-dockerd`,
    pauseArgument: escapeArgument(`--pod-infra-container-image=${cluster.images.pause}`),
    cniBin: nodePaths.cniBin,
    cniConf: nodePaths.cniConf,
    sandbox: mountingSandbox,
  };
  return {
    units: [{ name: 'cri-dockerd.service', layer: 'cluster', start: true, content: { kind: 'template', data } }],
    artifacts: [{ name: 'cri-dockerd', version: cluster.versions.criDockerd, arch }],
  } as const;
}

export const docker: Component = {
  name: 'docker',
  purpose: 'runs the containers',
  versionSettings: {
    docker: ['containerRuntime', 'docker', 'version'],
    'cri-dockerd': ['containerRuntime', 'docker', 'criDockerdVersion'],
  },
  contribute(context) {
    const { cluster, node } = context;
    if (!runsPods(context) || cluster.spec.containerRuntime.type !== 'docker') return undefined;
    const from = ['containerRuntime', 'docker'];
    const shim = criDockerd(cluster, node.arch);
    const data = {
      requires: diskUnits(context, dataDirectory(cluster.spec, node.role, 'docker')),
      flannelOptions: cluster.usesCni ? '' : nodePaths.flannelDocker,
    };
    return {
      files: [
        {
          path: '/etc/docker/daemon.json',
          layer: 'cluster',
          from,
          content: { kind: 'json', value: daemonConfig(context) },
        },
      ],
      units: [
        { name: 'docker.service', layer: 'cluster', start: true, from, content: { kind: 'template', data } },
        ...shim.units,
      ],
      artifacts: [{ name: 'docker', version: cluster.versions.docker, arch: node.arch }, ...shim.artifacts],
      packages: ['iptables'],
      kernelModules: ['overlay'],
    };
  },
};
