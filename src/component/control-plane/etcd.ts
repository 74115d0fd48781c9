import { nodePaths } from '../../base/node-paths.ts';
import type { Cluster, ClusterNode } from '../../model/cluster.ts';
import { dataDirectory } from '../../model/data-directories.ts';
import { escapeArgument, type Flags, unitArguments } from '../build/arguments.ts';
import { keyPairFiles } from '../build/key-pair.ts';
import { nodeAddress, nodeName, onNode, variable } from '../build/node-text.ts';
import { etcdSandbox } from '../build/sandbox.ts';
import type { Component, NodeContext } from '../context.ts';
import type { FileDecl } from '../contract.ts';
import { diskUnits } from '../machine/data-disk.ts';
import type { CertificateRequest } from '../requests.ts';

const paths = {
  authority: `${nodePaths.etcdPki}/ca.crt`,
  server: `${nodePaths.etcdPki}/server`,
} as const;

/** The CA certificate with which clients of etcd verify the servers. */
export const etcdAuthorityPath: string = paths.authority;

/** Client URLs of all members, for API servers and flanneld. */
export function etcdEndpoints(cluster: Cluster): readonly string[] {
  return cluster.etcdMembers.map((member) => `https://${member.address}:${cluster.spec.etcd.clientPort}`);
}

/** Whether a program on this node talks to etcd: a member itself, an API server, or flanneld with etcd as its store. */
function needsAuthority({ cluster, node }: NodeContext): boolean {
  return node.etcdMember || node.role === 'master' || (cluster.flannelInEtcd && node.role === 'worker');
}

function flannelWantsV2(cluster: Cluster): boolean {
  return cluster.flannelInEtcd && cluster.flannel.storeApi() === 'v2';
}

function initialCluster(cluster: Cluster): string {
  return cluster.etcdMembers.map((m) => `${m.name}=https://${m.address}:${cluster.spec.etcd.peerPort}`).join(',');
}

function flags(cluster: Cluster, node: ClusterNode): Flags {
  const { etcd } = cluster.spec;
  const all: Flags = {
    name: nodeName,
    'data-dir': dataDirectory(cluster.spec, node.role, 'etcd'),
    ...(etcd.walDir === undefined ? {} : { 'wal-dir': etcd.walDir }),
    'listen-client-urls': onNode`https://${nodeAddress}:${etcd.clientPort},https://127.0.0.1:${etcd.clientPort}`,
    'advertise-client-urls': onNode`https://${nodeAddress}:${etcd.clientPort}`,
    'listen-peer-urls': onNode`https://${nodeAddress}:${etcd.peerPort}`,
    'initial-advertise-peer-urls': onNode`https://${nodeAddress}:${etcd.peerPort}`,
    // etcd-join decides both at boot: a replaced member joins the running cluster, a new one founds it.
    'initial-cluster': variable('KNODE_ETCD_CLUSTER'),
    'initial-cluster-state': variable('KNODE_ETCD_STATE'),
    'initial-cluster-token': etcd.clusterToken ?? cluster.name,
    // To clients and to peers a member is the same machine: one certificate, with one set of names and usages.
    'cert-file': `${paths.server}.crt`,
    'key-file': `${paths.server}.key`,
    'peer-cert-file': `${paths.server}.crt`,
    'peer-key-file': `${paths.server}.key`,
    'client-cert-auth': true,
    'trusted-ca-file': paths.authority,
    'peer-client-cert-auth': true,
    'peer-trusted-ca-file': paths.authority,
    // With TLS 1.3 alone there is no choice of suites, and etcd refuses a list (embed/config.go of 3.5).
    ...(etcd.extraArgs['tls-min-version'] === 'TLS1.3' ? {} : cluster.etcd.cipherSuiteFlags()),
    'heartbeat-interval': etcd.heartbeatInterval,
    'election-timeout': etcd.electionTimeout,
    'snapshot-count': etcd.snapshotCount,
    'max-snapshots': etcd.maxSnapshots,
    'max-wals': etcd.maxWals,
    'max-request-bytes': etcd.maxRequestBytes,
    'quota-backend-bytes': etcd.quotaBackendBytes,
    'auto-compaction-mode': 'periodic',
    'auto-compaction-retention': etcd.autoCompactionRetention,
    ...cluster.etcd.loggerFlags(),
    ...cluster.etcd.watchProgressFlags(),
    // If the user's flags have the older form, etcd 3.6 would refuse to start.
    ...(Object.hasOwn(etcd.extraArgs, 'experimental-initial-corrupt-check') ? {} : cluster.etcd.corruptionCheckFlags()),
    // An old flannel keeps its subnets in the v2 API, which etcd 3.4 and 3.5 serve only if enabled.
    ...(flannelWantsV2(cluster) && cluster.etcd.needsEnableV2() ? { 'enable-v2': true } : {}),
  };
  return cluster.etcd.filterFlags(all);
}

/** Folders that must exist with mode 0700 before etcd starts. */
function directories({ cluster, node }: NodeContext): readonly string[] {
  const { walDir } = cluster.spec.etcd;
  return [dataDirectory(cluster.spec, node.role, 'etcd'), ...(walDir === undefined ? [] : [walDir])];
}

function certificate(node: ClusterNode): CertificateRequest {
  return {
    id: `etcd-server@${node.name}`,
    authority: 'etcd',
    commonName: node.name,
    organizations: [],
    // A peer is both server and client, and etcd's gateway calls itself as a client with the server's certificate.
    usages: ['server', 'client'],
    dnsNames: [node.name, 'localhost'],
    ipAddresses: ['127.0.0.1', node.address],
  };
}

export const etcd: Component = {
  name: 'etcd',
  purpose: 'keeps the state of the cluster',
  versionSettings: { etcd: ['etcd', 'version'] },
  contribute(context) {
    const { cluster, node } = context;
    if (!needsAuthority(context)) return undefined;
    const authority: FileDecl = {
      path: paths.authority,
      layer: 'cluster',
      content: { kind: 'authority', authority: 'etcd', part: 'certificate' },
    };
    if (!node.etcdMember) return { files: [authority] };
    return {
      files: [
        authority,
        ...keyPairFiles(paths.server, `etcd-server@${node.name}`),
        { path: `${nodePaths.lib}/etcd-join`, layer: 'image', mode: '0755', content: { kind: 'static' } },
        // etcd-join sources these.
        { path: `${nodePaths.lib}/etcd-data`, layer: 'image', content: { kind: 'static' } },
        { path: `${nodePaths.lib}/etcd-peers`, layer: 'image', content: { kind: 'static' } },
      ],
      units: [
        {
          name: 'etcd.service',
          layer: 'cluster',
          start: true,
          from: ['etcd'],
          content: {
            kind: 'template',
            data: {
              requires: diskUnits(context, ...directories(context)),
              program: `${nodePaths.bin}/etcd`,
              sandbox: etcdSandbox,
              arguments: unitArguments(flags(cluster, node), cluster.spec.etcd.extraArgs),
              directories: directories(context).map(escapeArgument),
              unsupportedArch: cluster.etcd.needsUnsupportedArch(node.arch) ? node.arch : '',
            },
          },
        },
      ],
      certificates: [certificate(node)],
      artifacts: [{ name: 'etcd', version: cluster.versions.etcd, arch: node.arch }],
      environment: {
        KNODE_ETCD_INITIAL_CLUSTER: initialCluster(cluster),
        KNODE_ETCD_DATA_DIR: dataDirectory(cluster.spec, node.role, 'etcd'),
        ...(cluster.spec.etcd.walDir === undefined ? {} : { KNODE_ETCD_WAL_DIR: cluster.spec.etcd.walDir }),
        KNODE_ETCD_CLIENT_PORT: String(cluster.spec.etcd.clientPort),
        // Only if the version needs it: 3.6 warns about an unrecognized variable.
        ...cluster.etcd.etcdctlEnvironment('v3'),
      },
    };
  },
};
