import { nodePaths } from '../../base/node-paths.ts';
import type { Cluster, ClusterNode } from '../../model/cluster.ts';
import type { NodeContext } from '../context.ts';
import type { Contribution, FileDecl } from '../contract.ts';

type Family = Cluster['spec']['os']['family'];

/** Package names by purpose and OS family. */
const packageNames: Readonly<Record<string, Readonly<Record<Family, readonly string[]>>>> = {
  conntrack: { debian: ['conntrack'], rhel: ['conntrack-tools'] },
  curl: { debian: ['ca-certificates', 'curl'], rhel: ['ca-certificates', 'curl'] },
  ebtables: { debian: ['ebtables'], rhel: ['ebtables'] },
  ethtool: { debian: ['ethtool'], rhel: ['ethtool'] },
  ext4: { debian: ['e2fsprogs'], rhel: ['e2fsprogs'] },
  ipset: { debian: ['ipset'], rhel: ['ipset'] },
  iptables: { debian: ['iptables'], rhel: ['iptables'] },
  ipvsadm: { debian: ['ipvsadm'], rhel: ['ipvsadm'] },
  nftables: { debian: ['nftables'], rhel: ['nftables'] },
  nginx: { debian: ['libnginx-mod-stream', 'nginx'], rhel: ['nginx', 'nginx-mod-stream'] },
  openssl: { debian: ['openssl'], rhel: ['openssl'] },
  socat: { debian: ['socat'], rhel: ['socat'] },
  xfs: { debian: ['xfsprogs'], rhel: ['xfsprogs'] },
};

/** Package names for these purposes in this cluster's OS family, sorted. */
export function osPackages(cluster: Cluster, purposes: readonly string[]): readonly string[] {
  const { family } = cluster.spec.os;
  const needed = purposes.flatMap((purpose) => {
    const names = packageNames[purpose];
    if (names === undefined) throw new Error(`no package is known for '${purpose}'`);
    return names[family];
  });
  return [...new Set(needed)].sort();
}

/**
 * All nodes except workers, cached per cluster: every worker needs them. Workers belong between the masters and the
 * rest.
 */
const reliedOn = new WeakMap<Cluster, Readonly<Record<'masters' | 'rest', readonly ClusterNode[]>>>();

function reliedOnIn(cluster: Cluster) {
  return {
    masters: cluster.nodes.filter(({ role }) => role === 'master'),
    rest: cluster.nodes.filter(({ role }) => role !== 'master' && role !== 'worker'),
  };
}

/**
 * The machines that others rely on, and the node itself. Not all workers: each new worker would change the user-data of
 * all others, and thousands would fill it.
 */
function hosts({ cluster, node }: NodeContext): FileDecl {
  const others = reliedOn.get(cluster) ?? reliedOnIn(cluster);
  reliedOn.set(cluster, others);
  const self = node.role === 'worker' && node.pool === undefined ? [node] : [];
  const named = [...others.masters, ...self, ...others.rest];
  const lines = [
    '127.0.0.1 localhost',
    '::1 localhost ip6-localhost ip6-loopback',
    ...named.map((one) => `${one.address} ${one.name}`),
    ...cluster.spec.os.hosts.map(({ address, names }) => `${address} ${names.join(' ')}`),
  ];
  return {
    path: '/etc/hosts',
    layer: node.role === 'worker' && node.pool === undefined ? 'node' : 'cluster',
    from: ['os', 'hosts'],
    content: { kind: 'text', text: `${lines.join('\n')}\n` },
  };
}

/**
 * On Debian a locale exists only after locale-gen, which reads this file and not its arguments. cloud-init writes files
 * before it sets the locale; without this file it reports a failure.
 */
function localeGen({ spec }: Cluster): readonly FileDecl[] {
  const { family, locale } = spec.os;
  const charset = locale.split('.')[1];
  if (family !== 'debian' || charset === undefined || locale.startsWith('C.')) return [];
  return [
    {
      path: '/etc/locale.gen',
      layer: 'image',
      from: ['os', 'locale'],
      content: { kind: 'text', text: `${locale} ${charset}\n` },
    },
  ];
}

function journald(cluster: Cluster): FileDecl {
  const { journald: settings } = cluster.spec.os;
  const yes = (value: boolean) => (value ? 'yes' : 'no');
  const journal = {
    Storage: settings.storage,
    Compress: yes(settings.compress),
    SyncIntervalSec: settings.syncInterval,
    RateLimitIntervalSec: settings.rateLimitInterval,
    RateLimitBurst: String(settings.rateLimitBurst),
    SystemMaxUse: settings.maxUse,
    SystemMaxFileSize: settings.maxFileSize,
    MaxRetentionSec: settings.maxRetention,
    ForwardToSyslog: yes(settings.forwardToSyslog),
  };
  const path = '/etc/systemd/journald.conf.d/knode.conf';
  return {
    path,
    layer: 'image',
    from: ['os', 'journald'],
    content: { kind: 'template', data: { journal: Object.entries(journal) } },
  };
}

/**
 * Destinations that never use the proxy: this machine, the cluster's addresses, networks and domain (NO_PROXY of seed
 * 001).
 */
function proxyEnvironment(cluster: Cluster): readonly FileDecl[] {
  const { proxy } = cluster.spec.os;
  if (proxy === undefined) return [];
  const { network, apiEndpoint } = cluster.spec;
  const direct = [
    'localhost',
    '127.0.0.1',
    ...cluster.nodes.flatMap((node) => [node.address, node.name]),
    ...[apiEndpoint.address, apiEndpoint.name].filter((one) => one !== undefined),
    network.podCIDR,
    network.serviceCIDR,
    '.svc',
    `.${network.dnsDomain}`,
    ...proxy.noProxy,
  ];
  const values: Record<string, string> = { NO_PROXY: direct.join(','), no_proxy: direct.join(',') };
  if (proxy.http !== undefined) Object.assign(values, { HTTP_PROXY: proxy.http, http_proxy: proxy.http });
  if (proxy.https !== undefined) Object.assign(values, { HTTPS_PROXY: proxy.https, https_proxy: proxy.https });
  // A proxy's URL may contain a password.
  return [
    {
      path: `${nodePaths.etc}/proxy.env`,
      layer: 'cluster',
      secret: true,
      from: ['os', 'proxy'],
      content: { kind: 'env', values },
    },
  ];
}

/**
 * nm-cloud-setup, enabled in the cloud images of RHEL and similar systems, adds routing rules for addresses that it
 * gets from the cloud, which misroute pods' packets (RKE2 documentation, "Known issues": NetworkManager; rke2#1053).
 */
function servicesInTheWay({ spec }: Cluster): readonly string[] {
  return spec.os.family === 'rhel' ? ['nm-cloud-setup.timer', 'nm-cloud-setup.service'] : [];
}

/** Names, journal, proxy, and settings of the system step: swap, SELinux, firewall and services. */
export function osContribution(context: NodeContext): Contribution {
  const { cluster } = context;
  const { os } = cluster.spec;
  return {
    files: [hosts(context), journald(cluster), ...localeGen(cluster), ...proxyEnvironment(cluster)],
    environment: {
      KNODE_NTP: os.ntp.enabled ? 'yes' : 'no',
      KNODE_SWAP: os.swap,
      KNODE_SELINUX: os.selinux,
      KNODE_FIREWALL: os.firewall,
      KNODE_DISABLE_SERVICES: [...servicesInTheWay(cluster), ...os.disableServices].join(' '),
    },
    packages: ['openssl'],
  };
}
