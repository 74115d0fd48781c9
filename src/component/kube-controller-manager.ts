import { nodePaths } from '../base/node-paths.ts';
import type { Cluster } from '../model/cluster.ts';
import { filterFlags } from '../release/flags.ts';
import { type Flags, unitArguments } from './arguments.ts';
import { type Component, isMaster } from './context.ts';
import { featureGateFlags } from './feature-gates.ts';
import { clientCertificate, keyPairFiles } from './key-pair.ts';
import { kubeconfig } from './kubeconfig.ts';
import {
  frontProxyAuthorityPath,
  kubernetesAuthorityKeyPath,
  kubernetesAuthorityPath,
  serviceAccountPrivatePath,
} from './trust.ts';

const program = 'kube-controller-manager';
const keyPair = `${nodePaths.pki}/controller-manager`;
const kubeconfigPath = `${nodePaths.kubernetes}/controller-manager.kubeconfig`;

/** The API server on this very node: control-plane programs need no load balancer. */
export function localApiUrl(cluster: Cluster): string {
  return `https://127.0.0.1:${cluster.spec.kubernetes.apiServer.port}`;
}

/** Kubernetes hands out pod networks unless flannel keeps its own books in etcd: two allocators would disagree. */
function allocatesNodeCidrs(cluster: Cluster): boolean {
  return !(cluster.spec.network.provider === 'flannel' && cluster.spec.network.flannel.store === 'etcd');
}

function flags(cluster: Cluster): Flags {
  const settings = cluster.spec.kubernetes.controllerManager;
  const { network } = cluster.spec;
  return {
    kubeconfig: kubeconfigPath,
    'authentication-kubeconfig': kubeconfigPath,
    'authorization-kubeconfig': kubeconfigPath,
    'client-ca-file': kubernetesAuthorityPath,
    'requestheader-client-ca-file': frontProxyAuthorityPath,
    'bind-address': settings.bindAddress,
    ...(cluster.kubernetes.componentInsecurePort(program) ? { port: 0 } : {}),
    'leader-elect': true,
    'use-service-account-credentials': true,
    controllers: '*,bootstrapsigner,tokencleaner',
    'cluster-name': cluster.name,
    'allocate-node-cidrs': allocatesNodeCidrs(cluster),
    ...(allocatesNodeCidrs(cluster) ? { 'node-cidr-mask-size': network.nodeCIDRMaskSize } : {}),
    'cluster-cidr': network.podCIDR,
    'service-cluster-ip-range': network.serviceCIDR,
    'root-ca-file': kubernetesAuthorityPath,
    'service-account-private-key-file': serviceAccountPrivatePath,
    'cluster-signing-cert-file': kubernetesAuthorityPath,
    'cluster-signing-key-file': kubernetesAuthorityKeyPath,
    [cluster.kubernetes.clusterSigningDurationFlag()]: settings.clusterSigningDuration,
    ...(settings.nodeMonitorGracePeriod === undefined
      ? {}
      : { 'node-monitor-grace-period': settings.nodeMonitorGracePeriod }),
    ...(settings.terminatedPodGCThreshold === undefined
      ? {}
      : { 'terminated-pod-gc-threshold': settings.terminatedPodGCThreshold }),
    profiling: false,
    v: settings.verbosity,
    ...featureGateFlags(settings.featureGates),
  };
}

export const kubeControllerManager: Component = {
  name: program,
  contribute(context) {
    if (!isMaster(context)) return undefined;
    const { cluster, node } = context;
    const id = `${program}@${node.name}`;
    const known = filterFlags(program, cluster.kubernetes.minor, flags(cluster));
    const data = {
      program: `${nodePaths.bin}/${program}`,
      arguments: unitArguments(known, cluster.spec.kubernetes.controllerManager.extraArgs),
    };
    return {
      files: [
        ...keyPairFiles(keyPair, id),
        {
          path: kubeconfigPath,
          layer: 'cluster',
          content: kubeconfig({
            cluster: cluster.name,
            server: localApiUrl(cluster),
            user: program,
            authority: kubernetesAuthorityPath,
            credentials: { certificate: `${keyPair}.crt`, key: `${keyPair}.key` },
          }),
        },
      ],
      units: [
        {
          name: `${program}.service`,
          layer: 'cluster',
          start: true,
          from: ['kubernetes', 'controllerManager'],
          content: { kind: 'template', data },
        },
      ],
      certificates: [clientCertificate(id, 'kubernetes', 'system:kube-controller-manager')],
      artifacts: [{ name: program, version: cluster.versions.kubernetes, arch: node.arch }],
    };
  },
};
