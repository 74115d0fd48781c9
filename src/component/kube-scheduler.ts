import { nodePaths } from '../base/node-paths.ts';
import type { Cluster } from '../model/cluster.ts';
import { filterFlags } from '../release/flags.ts';
import { apiClient, localApiUrl } from './api-client.ts';
import { type Flags, unitArguments } from './arguments.ts';
import { type Component, isMaster } from './context.ts';
import { delegatedFlags } from './delegated-auth.ts';
import { sandbox } from './sandbox.ts';

const program = 'kube-scheduler';

function flags(cluster: Cluster, kubeconfig: string): Flags {
  const settings = cluster.spec.kubernetes.scheduler;
  return filterFlags(program, cluster.kubernetes.minor, delegatedFlags(cluster, program, settings, kubeconfig));
}

export const kubeScheduler: Component = {
  name: program,
  contribute(context) {
    if (!isMaster(context)) return undefined;
    const { cluster, node } = context;
    const user = 'system:kube-scheduler';
    const client = apiClient(context, { program, file: 'scheduler', user, server: localApiUrl(context) });
    const data = {
      program: `${nodePaths.bin}/${program}`,
      sandbox,
      arguments: unitArguments(flags(cluster, client.kubeconfigPath), cluster.spec.kubernetes.scheduler.extraArgs),
    };
    const content = { kind: 'template', data } as const;
    return {
      files: client.files,
      units: [
        { name: `${program}.service`, layer: 'cluster', start: true, from: ['kubernetes', 'scheduler'], content },
      ],
      certificates: client.certificates,
      artifacts: [{ name: program, version: cluster.versions.kubernetes, arch: node.arch }],
    };
  },
};
