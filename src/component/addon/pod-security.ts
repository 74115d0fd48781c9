import { nodePaths } from '../../base/node-paths.ts';
import type { Cluster } from '../../model/cluster.ts';
import type { Flags } from '../build/arguments.ts';
import { type Component, isMaster } from '../context.ts';

const configPath = `${nodePaths.kubernetes}/admission.yaml`;

/** The API server's flag for the file; empty if not set. */
export function podSecurityFlags(cluster: Cluster): Flags {
  return cluster.spec.kubernetes.podSecurity === undefined ? {} : { 'admission-control-config-file': configPath };
}

/** Gates of the API server that the setting needs. */
export function podSecurityGates(cluster: Cluster): Readonly<Record<string, boolean>> {
  const gate = cluster.kubernetes.podSecurityGate();
  return cluster.spec.kubernetes.podSecurity === undefined || gate === undefined ? {} : { [gate]: true };
}

function admissionConfiguration(
  cluster: Cluster,
  settings: NonNullable<Cluster['spec']['kubernetes']['podSecurity']>,
): object {
  const { enforce, enforceVersion, audit, auditVersion, warn, warnVersion, exempt } = settings;
  const configuration = {
    apiVersion: cluster.kubernetes.podSecurityConfigApiVersion(),
    kind: 'PodSecurityConfiguration',
    defaults: {
      enforce,
      'enforce-version': enforceVersion,
      audit,
      'audit-version': auditVersion,
      warn,
      'warn-version': warnVersion,
    },
    exemptions: exempt,
  };
  return {
    apiVersion: cluster.kubernetes.admissionConfigApiVersion(),
    kind: 'AdmissionConfiguration',
    plugins: [{ name: 'PodSecurity', configuration }],
  };
}

/** The standard for pods in namespaces without labels of their own. */
export const podSecurity: Component = {
  name: 'pod-security',
  purpose: 'tells the API server which pods it refuses',
  contribute(context) {
    const { cluster } = context;
    const settings = cluster.spec.kubernetes.podSecurity;
    // If the version has no such plugin, a rule has reported it.
    if (!isMaster(context) || settings === undefined || !cluster.kubernetes.hasPodSecurity()) return undefined;
    const documents = [admissionConfiguration(cluster, settings)];
    const from = ['kubernetes', 'podSecurity'];
    return { files: [{ path: configPath, layer: 'cluster', from, content: { kind: 'yaml', documents } }] };
  },
};
