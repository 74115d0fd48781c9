import * as z from 'zod';
import { cidr, dnsName, ipAddress, port, serviceCidr } from './addresses.ts';
import { say } from './messages.ts';
import { absolutePath, extraArgs, hours, singleLine, text, version } from './primitives.ts';

const hostNetwork = z
  .strictObject({
    cidr: cidr.optional().describe('The network that the nodes’ addresses are in.'),
    gateway: ipAddress
      .optional()
      .describe('Default route. With `cidr` it makes the network-config of the NoCloud seed static; without, DHCP.'),
    nameservers: z.array(ipAddress).default([]).describe('DNS servers of the nodes.'),
    interface: text((value) =>
      /^[A-Za-z0-9_.*-]{1,15}$/.test(value) ? undefined : say('invalid-interface/host', { value }),
    )
      .default('e*')
      .describe('Interface name or pattern in network-config.'),
  })
  .prefault({})
  .describe('The network that the nodes stand in.');

const backend = z
  .looseObject({
    Type: z.string().describe('vxlan, host-gw, or another back end that the version has.'),
  })
  .default({ Type: 'vxlan' })
  .describe('flannel back end with its own keys, as in flannel’s network configuration.');

const flannel = z
  .strictObject({
    version: version.optional().describe('flannel version. Default: the one that goes with the Kubernetes version.'),
    store: z
      .enum(['kubernetes', 'etcd'])
      .default('kubernetes')
      .describe(
        'Where subnets are stored. With etcd, every node gets a client certificate with which its root user can read and change all of etcd; docker without CNI needs it.',
      ),
    etcdPrefix: absolutePath.default('/kubernetes/network').describe('Prefix in etcd.'),
    subnetLength: z.int().min(8).max(30).default(24).describe('SubnetLen: size of one node’s subnet.'),
    backend,
    interface: singleLine
      .optional()
      .describe('Interface for traffic between nodes. Default: the one that has the node’s address.'),
    ipMasq: z.boolean().default(true).describe('Masquerade traffic that leaves the pod network.'),
    extraArgs: extraArgs.describe('Further flags of flanneld.'),
  })
  .prefault({})
  .describe('flannel.');

const portRange = text((value) => {
  const match = /^(\d{1,5})-(\d{1,5})$/.exec(value);
  const [low, high] = [Number(match?.[1]), Number(match?.[2])];
  if (match && low >= 1 && low <= high && high <= 65535) return undefined;
  return say('invalid-port-range', { value });
});

export const network = z
  .strictObject({
    provider: z
      .enum(['flannel', 'external'])
      .default('flannel')
      .describe('external: you bring your own CNI, for example as a Kubernetes manifest of addons.manifests.'),
    podCIDR: cidr.default('10.244.0.0/16').describe('Network of all pods.'),
    serviceCIDR: serviceCidr.default('10.96.0.0/16').describe('Network of Service addresses.'),
    dnsServiceIP: ipAddress
      .optional()
      .describe('Service address of the cluster DNS. Default: the tenth of serviceCIDR.'),
    dnsDomain: dnsName.default('cluster.local').describe('DNS domain of the cluster, without trailing dot.'),
    nodePortRange: portRange.default('30000-32767').describe('Ports for NodePort services.'),
    nodeCIDRMaskSize: z
      .int()
      .min(9)
      .max(30)
      .default(24)
      .describe('Size of one node’s pod network, when kube-controller-manager allocates it.'),
    host: hostNetwork,
    metadataService: z
      .enum(['block', 'allow'])
      .default('block')
      .describe(
        'The cloud’s metadata service at 169.254.169.254, which shows a node’s user-data and with it its keys. block: pods cannot reach it, except those in the host’s network. allow: for pods that need it, such as some storage drivers.',
      ),
    flannel,
  })
  .prefault({})
  .describe('Networks.');

export const etcd = z
  .strictObject({
    version: version.optional().describe('etcd version. Default: the one that goes with the Kubernetes version.'),
    dataDir: absolutePath
      .optional()
      .describe('--data-dir. Default: /var/lib/etcd, or below the data disk that holds etcd.'),
    walDir: absolutePath.optional().describe('--wal-dir, to put the write-ahead log on a disk of its own.'),
    clusterToken: singleLine.optional().describe('--initial-cluster-token. Default: the cluster’s name.'),
    initialClusterState: z
      .enum(['new', 'existing'])
      .default('new')
      .describe(
        'existing: the cluster already runs, and no render gives its members the right to found it. A member without data only joins.',
      ),
    foundingTTL: hours
      .default('168h')
      .describe(
        'How long members without data may found the cluster, from its first render on. Later renders do not include the right; `knode render --found` grants it again.',
      ),
    clientPort: port.default(2379).describe('Client port.'),
    peerPort: port.default(2380).describe('Peer port.'),
    heartbeatInterval: z.int().min(1).default(250).describe('--heartbeat-interval, milliseconds.'),
    electionTimeout: z
      .int()
      .min(10)
      .default(2500)
      .describe('--election-timeout, milliseconds; five to fifty times the heartbeat.'),
    snapshotCount: z.int().min(1).default(10000).describe('--snapshot-count.'),
    maxSnapshots: z.int().min(0).default(5).describe('--max-snapshots.'),
    maxWals: z.int().min(0).default(5).describe('--max-wals.'),
    maxRequestBytes: z.int().min(1024).default(1572864).describe('--max-request-bytes.'),
    quotaBackendBytes: z.int().min(0).default(4294967296).describe('--quota-backend-bytes.'),
    autoCompactionRetention: singleLine.default('8h').describe('--auto-compaction-retention, periodic.'),
    extraArgs: extraArgs.describe('Further flags.'),
  })
  .prefault({})
  .describe('etcd.');
