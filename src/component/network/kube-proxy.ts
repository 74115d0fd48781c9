import { nodePaths } from '../../base/node-paths.ts';
import type { Cluster } from '../../model/cluster.ts';
import { filterFlags } from '../../release/flags.ts';
import { type Flags, unitArguments } from '../build/arguments.ts';
import { merge } from '../build/deep-merge.ts';
import { featureGateMap } from '../build/feature-gates.ts';
import { nodeName } from '../build/node-text.ts';
import { serviceSandbox } from '../build/sandbox.ts';
import { type Component, runsPods } from '../context.ts';
import type { Contribution } from '../contract.ts';

const program = 'kube-proxy';
const configPath = `${nodePaths.kubernetes}/kube-proxy.yaml`;

/** The KubeProxyConfiguration file, the same on every node that runs pods. */
export function kubeProxyConfiguration(cluster: Cluster): Readonly<Record<string, unknown>> {
  const { ipvs, featureGates, extraConfig } = cluster.spec.kubernetes.kubeProxy;
  const gate = cluster.kubernetes.kubeProxyMode(cluster.proxyMode).featureGate;
  const ours = cluster.kubernetes.filterConfigFields('KubeProxyConfiguration', {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    clientConnection: { kubeconfig: nodePaths.kubeletKubeconfig },
    // The pod network, not the service network as in source document 003: traffic from elsewhere is masqueraded.
    clusterCIDR: cluster.spec.network.podCIDR,
    mode: cluster.proxyMode,
    ...(cluster.proxyMode === 'ipvs' ? { ipvs } : {}),
    ...featureGateMap(gate === undefined ? featureGates : { [gate]: true, ...featureGates }),
  });
  return merge(ours, extraConfig);
}

/** Kernel modules and packages that a proxy mode needs. */
function kernel(cluster: Cluster): Contribution {
  if (cluster.proxyMode === 'ipvs') {
    const { scheduler } = cluster.spec.kubernetes.kubeProxy.ipvs;
    const schedulers = [...new Set(['rr', 'wrr', 'sh', scheduler])].map((name) => `ip_vs_${name}`);
    return { kernelModules: ['ip_vs', ...schedulers, 'nf_conntrack'], packages: ['ipset', 'ipvsadm', 'conntrack'] };
  }
  const tables = cluster.proxyMode === 'nftables' ? (['nftables'] as const) : [];
  return { kernelModules: ['nf_conntrack'], packages: [...tables, 'conntrack'] };
}

/**
 * kube-proxy. It has its node's identity in the API, like kubelet: one identity per machine, whose certificate kubelet
 * renews, instead of a second one that ends a year after the render. The bootstrap manifests give nodes the role
 * system:node-proxier.
 */
export const kubeProxy: Component = {
  name: program,
  purpose: 'sends the traffic of Services to their pods',
  versionSettings: { [program]: ['kubernetes', 'version'] },
  contribute(context) {
    if (!runsPods(context)) return undefined;
    const { cluster, node } = context;
    const settings = cluster.spec.kubernetes.kubeProxy;
    const flags: Flags = { config: configPath, 'hostname-override': nodeName, v: settings.verbosity };
    const known = filterFlags(program, cluster.kubernetes.minor, flags);
    const data = {
      program: `${nodePaths.bin}/${program}`,
      arguments: unitArguments(known, settings.extraArgs),
      certificate: nodePaths.kubeletCertificate,
      sandbox: serviceSandbox,
    };
    const from = ['kubernetes', 'kubeProxy'];
    const documents = [kubeProxyConfiguration(cluster)];
    return {
      ...kernel(cluster),
      files: [{ path: configPath, layer: 'cluster', from, content: { kind: 'yaml', documents } }],
      units: [{ name: 'kube-proxy.service', layer: 'cluster', start: true, from, content: { kind: 'template', data } }],
      artifacts: [{ name: program, version: cluster.versions.kubernetes, arch: node.arch }],
    };
  },
};
