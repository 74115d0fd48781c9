import { prefixLength } from '../base/cidr.ts';
import { yamlDocument } from '../base/yaml/text.ts';
import type { Cluster, ClusterNode } from '../model/cluster.ts';

/** The three files of a NoCloud seed (cloud-init documentation, "NoCloud"). */
export interface NoCloudSeed {
  readonly 'user-data': string | Uint8Array;
  readonly 'meta-data': string;
  readonly 'network-config': string;
}

export const seedPaths: readonly (keyof NoCloudSeed)[] = ['user-data', 'meta-data', 'network-config'];

/**
 * The instance id stays the same however often a node is rendered: a machine that sees newer user-data is still the
 * same machine. Nodes are replaced, not changed.
 */
function metaData(cluster: Cluster, node: ClusterNode): string {
  // One seed serves all machines of a pool, so it must not name one; the identity step ignores "localhost".
  const name = node.pool === undefined ? node.name : 'localhost';
  return yamlDocument({ 'instance-id': `${cluster.name}-${node.name}`, 'local-hostname': name });
}

/** Network configuration version 2: static if the cluster file has the network and its gateway, otherwise DHCP. */
function networkConfig(cluster: Cluster, node: ClusterNode): string {
  const { cidr, gateway, nameservers, interface: name } = cluster.spec.network.host;
  const dns = nameservers.length > 0 ? { nameservers: { addresses: nameservers } } : {};
  const addressing =
    cidr === undefined || gateway === undefined || node.pool !== undefined
      ? { dhcp4: true, ...dns }
      : {
          dhcp4: false,
          addresses: [`${node.address}/${prefixLength(cidr)}`],
          // gateway4 is deprecated in netplan; every renderer understands a default route.
          routes: [{ to: '0.0.0.0/0', via: gateway }],
          ...dns,
        };
  const pattern = /[*?[]/.test(name);
  const ethernets = pattern ? { primary: { match: { name }, ...addressing } } : { [name]: addressing };
  return yamlDocument({ version: 2, ethernets });
}

export function noCloudSeed(cluster: Cluster, node: ClusterNode, userData: string | Uint8Array): NoCloudSeed {
  return {
    'user-data': userData,
    'meta-data': metaData(cluster, node),
    'network-config': networkConfig(cluster, node),
  };
}
