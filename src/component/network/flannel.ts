import { nodePaths } from '../../base/node-paths.ts';
import type { Cluster } from '../../model/cluster.ts';
import { type Flags, type FlagValue, unitArguments } from '../build/arguments.ts';
import { clientCertificate, keyPairFiles } from '../build/key-pair.ts';
import { nodeAddress } from '../build/node-text.ts';
import { networkSandbox } from '../build/sandbox.ts';
import { type Component, type NodeContext, runsPods } from '../context.ts';
import type { FileDecl, UnitDecl } from '../contract.ts';
import { etcdAuthorityPath, etcdEndpoints } from '../control-plane/etcd.ts';
import type { CertificateRequest } from '../requests.ts';

const etcdKeyPair = `${nodePaths.etcdPki}/flannel`;
/** flanneld 0.11 reads only this path; later versions get it by --net-config-path. */
const networkConfigPath = '/etc/kube-flannel/net-conf.json';

/** flannel's network configuration, for etcd or for a file. */
export function networkConfig(cluster: Cluster): object {
  const { podCIDR, flannel } = cluster.spec.network;
  const subnet = cluster.flannelInEtcd ? { SubnetLen: flannel.subnetLength } : {};
  const nftables =
    cluster.flannel.configKey('EnableNFTables').known && cluster.proxyMode === 'nftables'
      ? { EnableNFTables: true }
      : {};
  return { Network: podCIDR, ...subnet, ...nftables, Backend: flannel.backend };
}

function storeFlags(cluster: Cluster): Flags {
  const { flannel } = cluster.spec.network;
  if (!cluster.flannelInEtcd) {
    return {
      'kube-subnet-mgr': true,
      'kubeconfig-file': nodePaths.kubeletKubeconfig,
      'net-config-path': networkConfigPath,
    };
  }
  return {
    'etcd-endpoints': etcdEndpoints(cluster).join(','),
    'etcd-prefix': flannel.etcdPrefix,
    'etcd-cafile': etcdAuthorityPath,
    'etcd-certfile': `${etcdKeyPair}.crt`,
    'etcd-keyfile': `${etcdKeyPair}.key`,
  };
}

function flags(cluster: Cluster): Flags {
  const { flannel } = cluster.spec.network;
  return cluster.flannel.filterFlags<FlagValue>({
    ...storeFlags(cluster),
    iface: flannel.interface ?? nodeAddress,
    'ip-masq': flannel.ipMasq,
    'subnet-file': nodePaths.flannelSubnet,
    'healthz-ip': '127.0.0.1',
  });
}

function store(context: NodeContext): {
  files: FileDecl[];
  certificates: CertificateRequest[];
  units: UnitDecl[];
} {
  const { cluster, node } = context;
  const id = `flannel@${node.name}`;
  const content = { kind: 'json', value: networkConfig(cluster) } as const;
  const from = ['network', 'flannel'];
  if (cluster.flannelInEtcd) {
    const writer = node.role === 'master';
    return {
      files: [
        ...keyPairFiles(etcdKeyPair, id),
        ...(writer
          ? ([
              { path: `${nodePaths.etc}/flannel-network.json`, layer: 'cluster', from, content },
              { path: `${nodePaths.lib}/flannel-config`, layer: 'image', mode: '0755', content: { kind: 'static' } },
            ] as const)
          : []),
      ],
      certificates: [clientCertificate(id, 'etcd', 'flanneld')],
      units: writer
        ? [{ name: 'knode-flannel-config.service', layer: 'image', start: true, content: { kind: 'static' } }]
        : [],
    };
  }
  // With the Kubernetes store flanneld has its node's identity in the API, like kubelet: its lease is an annotation of
  // its own Node.
  return { files: [{ path: networkConfigPath, layer: 'cluster', from, content }], certificates: [], units: [] };
}

function environment(cluster: Cluster): Record<string, string> {
  if (!cluster.flannelInEtcd) return {};
  return {
    ...cluster.etcd.etcdctlEnvironment('v3'),
    KNODE_FLANNEL_API: cluster.flannel.storeApi(),
    KNODE_FLANNEL_KEY: `${cluster.spec.network.flannel.etcdPrefix}/config`,
    KNODE_ETCD_ENDPOINTS: etcdEndpoints(cluster).join(','),
  };
}

export const flannel: Component = {
  name: 'flannel',
  purpose: 'connects the pods of all nodes',
  versionSettings: { flannel: ['network', 'flannel', 'version'] },
  contribute(context) {
    const { cluster, node } = context;
    if (!runsPods(context) || !cluster.usesFlannel) return undefined;
    const parts = store(context);
    const data = {
      program: `${nodePaths.bin}/flanneld`,
      arguments: unitArguments(flags(cluster), cluster.spec.network.flannel.extraArgs),
      // Only docker without CNI reads them.
      dockerOptions: cluster.usesCni ? '' : nodePaths.flannelDocker,
      subnetFile: nodePaths.flannelSubnet,
      inEtcd: cluster.flannelInEtcd,
      certificate: nodePaths.kubeletCertificate,
      sandbox: networkSandbox,
    };
    return {
      files: parts.files,
      certificates: parts.certificates,
      units: [
        ...parts.units,
        {
          name: 'flanneld.service',
          layer: 'cluster',
          start: true,
          from: ['network', 'flannel'],
          content: { kind: 'template', data },
        },
      ],
      artifacts: [
        { name: 'flannel', version: cluster.versions.flannel, arch: node.arch },
        // A master writes flannel's network with etcdctl, even if etcd itself runs on other machines.
        ...(cluster.flannelInEtcd && node.role === 'master'
          ? [{ name: 'etcd', version: cluster.versions.etcd, arch: node.arch }]
          : []),
      ],
      environment: environment(cluster),
      packages: cluster.proxyMode === 'nftables' ? ['iptables', 'nftables'] : ['iptables'],
      kernelModules: ['br_netfilter', ...(cluster.spec.network.flannel.backend.Type === 'vxlan' ? ['vxlan'] : [])],
    };
  },
};
