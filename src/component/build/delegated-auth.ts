import type { Cluster } from '../../model/cluster.ts';
import type { LeaderElectingProgram } from '../../release/program/kubernetes-release.ts';
import { frontProxyAuthorityPath, kubernetesAuthorityPath } from '../machine/trust.ts';
import type { Flags } from './arguments.ts';
import { featureGateFlags } from './feature-gates.ts';

interface Settings {
  readonly bindAddress: string;
  readonly verbosity: number;
  readonly featureGates: Readonly<Record<string, boolean>>;
}

/**
 * Common flags of kube-controller-manager and kube-scheduler: they elect a leader, and serve probes and metrics over
 * https only, for which they authenticate callers through the API server (needed from 1.22, correct before).
 */
export function delegatedFlags(
  cluster: Cluster,
  program: LeaderElectingProgram,
  settings: Settings,
  kubeconfig: string,
): Flags {
  return {
    kubeconfig,
    'authentication-kubeconfig': kubeconfig,
    'authorization-kubeconfig': kubeconfig,
    'client-ca-file': kubernetesAuthorityPath,
    'requestheader-client-ca-file': frontProxyAuthorityPath,
    'bind-address': settings.bindAddress,
    ...(cluster.kubernetes.componentInsecurePort(program) ? { port: 0 } : {}),
    'tls-min-version': 'VersionTLS12',
    'tls-cipher-suites': cluster.kubernetes.cipherSuites().join(','),
    'leader-elect': true,
    profiling: false,
    v: settings.verbosity,
    ...featureGateFlags(settings.featureGates),
  };
}
