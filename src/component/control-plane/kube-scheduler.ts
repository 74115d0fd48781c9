import { nodePaths } from '../../base/node-paths.ts';
import type { Cluster } from '../../model/cluster.ts';
import { filterFlags, normalizeFlag } from '../../release/flags.ts';
import { apiClient, localApiUrl } from '../build/api-client.ts';
import { type Flags, unitArguments } from '../build/arguments.ts';
import { delegatedFlags } from '../build/delegated-auth.ts';
import { sandbox } from '../build/sandbox.ts';
import { type Component, isMaster } from '../context.ts';
import type { FileDecl } from '../contract.ts';

const program = 'kube-scheduler';

const configPath = `${nodePaths.kubernetes}/${program}.yaml`;

/**
 * Flags that have no effect beside a configuration file (cmd/kube-scheduler/app/options/options.go, ApplyDeprecated).
 */
const hiddenByFile: readonly string[] = [
  'contention-profiling',
  'kube-api-burst',
  'kube-api-content-type',
  'kube-api-qps',
  'lock-object-name',
  'lock-object-namespace',
  'profiling',
];

/**
 * Where the kubeconfig is set: the user's own file has its own, and if the user's flags would lose their effect beside
 * a file, flags are used.
 */
function configuredBy(cluster: Cluster): 'file' | 'own-file' | 'flags' {
  if (!cluster.kubernetes.schedulerTakesFile()) return 'flags';
  const given = Object.keys(cluster.spec.kubernetes.scheduler.extraArgs).map(normalizeFlag);
  if (given.includes('config')) return 'own-file';
  return given.some((flag) => hiddenByFile.includes(flag)) ? 'flags' : 'file';
}

function flags(cluster: Cluster, kubeconfig: string): Flags {
  const settings = cluster.spec.kubernetes.scheduler;
  const all = delegatedFlags(cluster, program, settings, kubeconfig);
  const how = configuredBy(cluster);
  const { kubeconfig: _kubeconfig, profiling: _profiling, ...others } = all;
  const chosen = how === 'flags' ? all : { ...others, ...(how === 'file' ? { config: configPath } : {}) };
  return filterFlags(program, cluster.kubernetes.minor, chosen);
}

function configFile(cluster: Cluster, kubeconfig: string): readonly FileDecl[] {
  if (configuredBy(cluster) !== 'file') return [];
  const config = {
    apiVersion: cluster.kubernetes.schedulerConfigApiVersion(),
    kind: 'KubeSchedulerConfiguration',
    clientConnection: { kubeconfig },
    enableProfiling: false,
  };
  const from = ['kubernetes', 'scheduler'];
  return [{ path: configPath, layer: 'cluster', from, content: { kind: 'yaml', documents: [config] } }];
}

export const kubeScheduler: Component = {
  name: program,
  purpose: 'places pods on nodes',
  versionSettings: { [program]: ['kubernetes', 'version'] },
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
      files: [...client.files, ...configFile(cluster, client.kubeconfigPath)],
      units: [
        { name: `${program}.service`, layer: 'cluster', start: true, from: ['kubernetes', 'scheduler'], content },
      ],
      certificates: client.certificates,
      artifacts: [{ name: program, version: cluster.versions.kubernetes, arch: node.arch }],
    };
  },
};
