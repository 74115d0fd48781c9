import { nodePaths } from '../../base/node-paths.ts';
import type { Cluster } from '../../model/cluster.ts';
import { filterFlags } from '../../release/flags.ts';
import { apiClient, localApiUrl } from '../build/api-client.ts';
import { type Flags, unitArguments } from '../build/arguments.ts';
import { delegatedFlags } from '../build/delegated-auth.ts';
import { sandbox } from '../build/sandbox.ts';
import { type Component, isMaster } from '../context.ts';
import {
  kubernetesAuthorityKeyPath,
  kubernetesAuthorityPath,
  rootAuthorityPath,
  serviceAccountPrivatePath,
} from '../machine/trust.ts';

const program = 'kube-controller-manager';

/** Kubernetes allocates the pod networks unless flannel keeps its subnets in etcd: two allocators would conflict. */
function allocatesNodeCidrs(cluster: Cluster): boolean {
  return !cluster.flannelInEtcd;
}

function flags(cluster: Cluster, kubeconfig: string): Flags {
  const settings = cluster.spec.kubernetes.controllerManager;
  const { network } = cluster.spec;
  const { nodeMonitorGracePeriod, terminatedPodGCThreshold } = settings;
  return {
    ...delegatedFlags(cluster, program, settings, kubeconfig),
    'use-service-account-credentials': true,
    controllers: '*,bootstrapsigner,tokencleaner',
    'cluster-name': cluster.name,
    'allocate-node-cidrs': allocatesNodeCidrs(cluster),
    ...(allocatesNodeCidrs(cluster) ? { 'node-cidr-mask-size': network.nodeCIDRMaskSize } : {}),
    'cluster-cidr': network.podCIDR,
    'service-cluster-ip-range': network.serviceCIDR,
    'root-ca-file': rootAuthorityPath(cluster),
    'service-account-private-key-file': serviceAccountPrivatePath,
    'cluster-signing-cert-file': kubernetesAuthorityPath,
    'cluster-signing-key-file': kubernetesAuthorityKeyPath,
    [cluster.kubernetes.clusterSigningDurationFlag()]: settings.clusterSigningDuration,
    ...(nodeMonitorGracePeriod === undefined ? {} : { 'node-monitor-grace-period': nodeMonitorGracePeriod }),
    ...(terminatedPodGCThreshold === undefined ? {} : { 'terminated-pod-gc-threshold': terminatedPodGCThreshold }),
  };
}

export const kubeControllerManager: Component = {
  name: program,
  purpose: 'runs the controllers, and signs the certificates of kubelets',
  versionSettings: { [program]: ['kubernetes', 'version'] },
  contribute(context) {
    if (!isMaster(context)) return undefined;
    const { cluster, node } = context;
    const user = 'system:kube-controller-manager';
    const client = apiClient(context, { program, file: 'controller-manager', user, server: localApiUrl(context) });
    const known = filterFlags(program, cluster.kubernetes.minor, flags(cluster, client.kubeconfigPath));
    const settings = cluster.spec.kubernetes.controllerManager;
    const data = {
      sandbox,
      program: `${nodePaths.bin}/${program}`,
      arguments: unitArguments(known, settings.extraArgs),
    };
    const from = ['kubernetes', 'controllerManager'];
    return {
      files: client.files,
      units: [{ name: `${program}.service`, layer: 'cluster', start: true, from, content: { kind: 'template', data } }],
      certificates: client.certificates,
      artifacts: [{ name: program, version: cluster.versions.kubernetes, arch: node.arch }],
    };
  },
};
