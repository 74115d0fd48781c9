import { nodePaths } from '../../base/node-paths.ts';
import type { Cluster } from '../../model/cluster.ts';
import type { Flags } from '../build/arguments.ts';
import { type Component, isMaster } from '../context.ts';

const policyPath = `${nodePaths.kubernetes}/audit-policy.yaml`;

export function auditLogDirectory(cluster: Cluster): string {
  return cluster.spec.kubernetes.apiServer.audit.directory;
}

/** kube-apiserver's audit flags. There is always a policy: without one nothing is logged (source documents 003 and 004). */
export function auditFlags(cluster: Cluster): Flags {
  const { audit } = cluster.spec.kubernetes.apiServer;
  if (!audit.enabled) return {};
  return {
    'audit-policy-file': policyPath,
    'audit-log-path': `${audit.directory}/audit.log`,
    'audit-log-maxage': audit.maxAge,
    'audit-log-maxbackup': audit.maxBackup,
    'audit-log-maxsize': audit.maxSize,
  };
}

/** Logs who did what to which object, without bodies and without noise. */
function defaultPolicy(cluster: Cluster): object {
  return {
    apiVersion: cluster.kubernetes.auditPolicyApiVersion(),
    kind: 'Policy',
    omitStages: ['RequestReceived'],
    rules: [
      { level: 'None', resources: [{ group: '', resources: ['events'] }] },
      { level: 'None', resources: [{ group: 'coordination.k8s.io', resources: ['leases'] }] },
      { level: 'None', nonResourceURLs: ['/healthz*', '/livez*', '/readyz*', '/version'] },
      { level: 'None', users: ['system:kube-proxy'], verbs: ['watch'] },
      { level: 'Metadata' },
    ],
  };
}

export const audit: Component = {
  name: 'audit',
  purpose: 'records who did what to which object of the API',
  contribute(context) {
    const { cluster } = context;
    const settings = cluster.spec.kubernetes.apiServer.audit;
    if (!isMaster(context) || !settings.enabled) return undefined;
    return {
      files: [
        {
          path: policyPath,
          layer: 'cluster',
          from: ['kubernetes', 'apiServer', 'audit'],
          content:
            settings.policy === undefined
              ? { kind: 'yaml', documents: [defaultPolicy(cluster)] }
              : { kind: 'source', file: settings.policy },
        },
      ],
    };
  },
};
