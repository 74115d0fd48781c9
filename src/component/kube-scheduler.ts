import { nodePaths } from '../base/node-paths.ts';
import type { Cluster } from '../model/cluster.ts';
import { filterFlags } from '../release/flags.ts';
import { type Flags, unitArguments } from './arguments.ts';
import { type Component, isMaster } from './context.ts';
import { featureGateFlags } from './feature-gates.ts';
import { clientCertificate, keyPairFiles } from './key-pair.ts';
import { localApiUrl } from './kube-controller-manager.ts';
import { kubeconfig } from './kubeconfig.ts';
import { frontProxyAuthorityPath, kubernetesAuthorityPath } from './trust.ts';

const program = 'kube-scheduler';
const keyPair = `${nodePaths.pki}/scheduler`;
const kubeconfigPath = `${nodePaths.kubernetes}/scheduler.kubeconfig`;

function flags(cluster: Cluster): Flags {
  const settings = cluster.spec.kubernetes.scheduler;
  return {
    kubeconfig: kubeconfigPath,
    'authentication-kubeconfig': kubeconfigPath,
    'authorization-kubeconfig': kubeconfigPath,
    'client-ca-file': kubernetesAuthorityPath,
    'requestheader-client-ca-file': frontProxyAuthorityPath,
    'bind-address': settings.bindAddress,
    ...(cluster.kubernetes.componentInsecurePort(program) ? { port: 0 } : {}),
    'leader-elect': true,
    profiling: false,
    v: settings.verbosity,
    ...featureGateFlags(settings.featureGates),
  };
}

export const kubeScheduler: Component = {
  name: program,
  contribute(context) {
    if (!isMaster(context)) return undefined;
    const { cluster, node } = context;
    const id = `${program}@${node.name}`;
    const known = filterFlags(program, cluster.kubernetes.minor, flags(cluster));
    const data = {
      program: `${nodePaths.bin}/${program}`,
      arguments: unitArguments(known, cluster.spec.kubernetes.scheduler.extraArgs),
    };
    const config = kubeconfig({
      cluster: cluster.name,
      server: localApiUrl(cluster),
      user: program,
      authority: kubernetesAuthorityPath,
      credentials: { certificate: `${keyPair}.crt`, key: `${keyPair}.key` },
    });
    return {
      files: [...keyPairFiles(keyPair, id), { path: kubeconfigPath, layer: 'cluster', content: config }],
      units: [
        {
          name: `${program}.service`,
          layer: 'cluster',
          start: true,
          from: ['kubernetes', 'scheduler'],
          content: { kind: 'template', data },
        },
      ],
      certificates: [clientCertificate(id, 'kubernetes', 'system:kube-scheduler')],
      artifacts: [{ name: program, version: cluster.versions.kubernetes, arch: node.arch }],
    };
  },
};
