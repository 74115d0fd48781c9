import { nodePaths } from '../../base/node-paths.ts';
import type { Cluster } from '../../model/cluster.ts';
import { dataDirectory } from '../../model/data-directories.ts';
import { filterFlags } from '../../release/flags.ts';
import { criDockerdPinsSandbox } from '../../release/program/docker-release.ts';
import { type Flags, unitArguments } from '../build/arguments.ts';
import { nodeAddress, nodeName, variable } from '../build/node-text.ts';
import { mountingSandbox } from '../build/sandbox.ts';
import { type Component, type NodeContext, runsPods } from '../context.ts';
import { diskUnits } from '../machine/data-disk.ts';
import { bootstrapKubeconfigPath } from './kubelet-bootstrap.ts';
import { kubeletConfiguration, kubeletRuntime, resolvConfPath } from './kubelet-config.ts';

const program = 'kubelet';
const configPath = `${nodePaths.kubernetes}/kubelet.yaml`;

/** Whether the runtime itself protects the sandbox image from kubelet's collection. */
function pinsSandbox({ kubernetes, spec, containerd, versions }: Cluster): boolean {
  const shim = kubernetes.runtimeShim(spec.containerRuntime.type);
  if (shim === 'containerd') return containerd.pinsSandbox();
  return shim === 'cri-dockerd' && criDockerdPinsSandbox(versions.criDockerd);
}

function flags(context: NodeContext): Flags {
  const { cluster, node } = context;
  return {
    config: configPath,
    'bootstrap-kubeconfig': bootstrapKubeconfigPath,
    kubeconfig: nodePaths.kubeletKubeconfig,
    'cert-dir': `${nodePaths.kubelet}/pki`,
    'root-dir': dataDirectory(cluster.spec, node.role, 'kubelet'),
    'hostname-override': nodeName,
    'node-ip': nodeAddress,
    ...kubeletRuntime(cluster).flags,
    ...(cluster.kubernetes.wantsSandboxImage(pinsSandbox(cluster))
      ? { 'pod-infra-container-image': cluster.images.pause }
      : {}),
    // From node.env, because they differ between nodes of a role.
    'node-labels': variable('NODE_LABELS'),
    ...(cluster.kubernetes.hasTaintsField() ? {} : { 'register-with-taints': variable('NODE_TAINTS') }),
    v: cluster.spec.kubernetes.kubelet.verbosity,
  };
}

/**
 * The configuration with the taints with which this node registers. The API server refuses two taints with the same key
 * and effect: the node's own have priority.
 */
function nodeConfiguration({ cluster, node }: NodeContext): Readonly<Record<string, unknown>> {
  const config = kubeletConfiguration(cluster);
  if (!cluster.kubernetes.hasTaintsField() || node.taints.length === 0) return config;
  const { registerWithTaints = [] } = config as { registerWithTaints?: typeof node.taints };
  const own = node.taints.map(({ key, value, effect }) => ({ key, ...(value === '' ? {} : { value }), effect }));
  const taints = new Map([...registerWithTaints, ...own].map((one) => [`${one.key} ${one.effect}`, one]));
  return { ...config, registerWithTaints: [...taints].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, taint]) => taint) };
}

/** The only cgroup version with which this kubelet starts; undefined if it supports both. */
function onlyCgroup({ cluster }: NodeContext): string | undefined {
  if (!cluster.kubernetes.hasCgroupV2()) return '1';
  const allowed = cluster.spec.kubernetes.kubelet.extraConfig.failCgroupV1 === false;
  return cluster.kubernetes.refusesCgroupV1() && !allowed ? '2' : undefined;
}

export const kubelet: Component = {
  name: program,
  purpose: 'runs the pods of this node',
  versionSettings: { [program]: ['kubernetes', 'version'] },
  contribute(context) {
    if (!runsPods(context)) return undefined;
    const { cluster, node } = context;
    const known = filterFlags(program, cluster.kubernetes.minor, flags(context));
    const data = {
      requires: diskUnits(context, dataDirectory(cluster.spec, node.role, 'kubelet')),
      program: `${nodePaths.bin}/${program}`,
      arguments: unitArguments(known, cluster.spec.kubernetes.kubelet.extraArgs),
      runtimeUnit: {
        containerd: 'containerd.service',
        dockershim: 'docker.service',
        'cri-dockerd': 'cri-dockerd.service',
      }[cluster.kubernetes.runtimeShim(cluster.spec.containerRuntime.type)],
      resolvConf: resolvConfPath,
      sandbox: mountingSandbox,
    };
    const from = ['kubernetes', 'kubelet'];
    const cgroup = onlyCgroup(context);
    return {
      files: [
        {
          path: configPath,
          layer: 'cluster',
          mode: '0600',
          from,
          content: { kind: 'yaml', documents: [nodeConfiguration(context)] },
        },
        { path: `${nodePaths.lib}/join`, layer: 'image', mode: '0755', content: { kind: 'static' } },
      ],
      units: [{ name: 'kubelet.service', layer: 'cluster', start: true, from, content: { kind: 'template', data } }],
      artifacts: [{ name: program, version: cluster.versions.kubernetes, arch: node.arch }],
      packages: ['conntrack', 'ebtables', 'ethtool', 'iptables', 'socat'],
      ...(cgroup === undefined ? {} : { environment: { KNODE_CGROUP: cgroup } }),
      sysctls: {
        // The four that protectKernelDefaults checks (kubelet, pkg/kubelet/cm).
        'vm.overcommit_memory': 1,
        'vm.panic_on_oom': 0,
        'kernel.panic': 10,
        'kernel.panic_on_oops': 1,
        'kernel.keys.root_maxkeys': 1000000,
        'kernel.keys.root_maxbytes': 25000000,
      },
    };
  },
};
