import { contains, notAMachine, nthAddress, overlaps, prefixLength } from '../../../base/cidr.ts';
import type { DataPath } from '../../../base/diagnostic.ts';
import { familyNamed } from '../../../platform/families.ts';
import type { Cluster } from '../../cluster.ts';
import { eachIntact } from '../../loading/intact.ts';
import { nodePath } from '../../node-path.ts';
import { error, type Rule, warning } from '../rule.ts';
import { localBalancer, say } from './messages.ts';

/** Pod, service and host networks must not overlap: packets would go to the wrong one. */
export const networksApart: Rule = ({ spec }) => {
  const { podCIDR, serviceCIDR, host } = spec.network;
  const named: readonly (readonly [DataPath, string, string])[] = [
    [['network', 'podCIDR'], 'pod', podCIDR],
    [['network', 'serviceCIDR'], 'service', serviceCIDR],
    ...(host.cidr === undefined ? [] : [[['network', 'host', 'cidr'], 'host', host.cidr] as const]),
  ];
  return named.flatMap(([path, name, cidr], index) =>
    named
      .slice(0, index)
      .flatMap(([, otherName, other]) =>
        overlaps(cidr, other) ? [error(path, say('networks-overlap', { name, cidr, otherName, other }))] : [],
      ),
  );
};

/** If cloud-init does not resolve the pattern of network-config's `match: { name: e* }`, the node has no network. */
export const staticNetworkNamesInterface: Rule = ({ spec }) => {
  const { cidr, gateway, interface: name } = spec.network.host;
  const isStatic = cidr !== undefined && gateway !== undefined && spec.nodes.controlPlane.length > 0;
  if (!isStatic) return [];
  const { title, matchesInterfaces } = familyNamed(spec.os.family);
  if (matchesInterfaces || !/[*?[]/.test(name)) return [];
  return [error(['network', 'host', 'interface'], say('interface-pattern', { family: title, name }))];
};

type Placed = readonly [path: DataPath, address: () => string];

/** Addresses of the cluster's own machines; a broken one does not prevent the check of the others. */
function hostAddresses(cluster: Cluster): readonly Placed[] {
  const nodes = cluster.nodes.map((node): Placed => [[...nodePath(node), 'address'], () => node.address]);
  const others = [() => endpointAddress(cluster), () => gatewayAddress(cluster)];
  return [...nodes, ...eachIntact(others, (placed) => placed())];
}

function endpointAddress({ spec, nodes }: Cluster): readonly Placed[] {
  const { address } = spec.apiEndpoint;
  // A node's own address is reported at the node.
  if (address === undefined || nodes.some((node) => node.address === address)) return [];
  return [[['apiEndpoint', 'address'], () => address]];
}

function gatewayAddress({ spec }: Cluster): readonly Placed[] {
  const { gateway } = spec.network.host;
  return gateway === undefined ? [] : [[['network', 'host', 'gateway'], () => gateway]];
}

/** Nodes, their gateway and the API are in the host network, or at least not in the pods' or Services' network. */
export const addressesInHostNetwork: Rule = (cluster) => {
  const { podCIDR, serviceCIDR, host } = cluster.spec.network;
  return eachIntact(hostAddresses(cluster), ([path, of]) => {
    const address = of();
    for (const [name, cidr] of [
      ['pod', podCIDR],
      ['service', serviceCIDR],
    ] as const) {
      if (contains(cidr, address)) {
        return [error(path, say('address-in-cluster-network', { address, name, cidr }))];
      }
    }
    if (path[0] === 'apiEndpoint' || host.cidr === undefined || contains(host.cidr, address)) return [];
    if (notAMachine(address) !== undefined) return [];
    return [error(path, say('address-outside-network', { address, cidr: host.cidr }))];
  });
};

export const dnsServiceAddress: Rule = ({ spec, dnsIP, serviceIP }) => {
  const { serviceCIDR } = spec.network;
  const path = ['network', 'dnsServiceIP'];
  if (!contains(serviceCIDR, dnsIP))
    return [error(path, say('dns-ip-outside', { dnsIP, serviceCIDR, example: nthAddress(serviceCIDR, 10) }))];
  if (dnsIP === serviceIP)
    return [error(path, say('dns-ip-taken', { dnsIP, serviceCIDR, example: nthAddress(serviceCIDR, 10) }))];
  return [];
};

/**
 * kube-apiserver accepts at most 20 host bits (its sources); fewer than 16 addresses leave no room for the DNS service.
 */
export const serviceNetworkSize: Rule = ({ spec }) => {
  const { serviceCIDR } = spec.network;
  const path = ['network', 'serviceCIDR'];
  if (prefixLength(serviceCIDR) < 12) {
    return [error(path, say('service-network-size', { serviceCIDR }))];
  }
  return [];
};

/** The prefix length of one node's pod network. */
function nodeMask({ spec: { network }, flannelInEtcd }: Cluster): number {
  return flannelInEtcd ? network.flannel.subnetLength : network.nodeCIDRMaskSize;
}

/** Every node needs its own pod network: source document 002's /19 out of a /16 leaves room for eight. */
export const enoughSubnets: Rule = (cluster) => {
  const { network } = cluster.spec;
  const inEtcd = cluster.flannelInEtcd;
  const path = inEtcd ? ['network', 'flannel', 'subnetLength'] : ['network', 'nodeCIDRMaskSize'];
  const mask = nodeMask(cluster);
  const bits = mask - prefixLength(network.podCIDR);
  if (bits < 0) return [error(path, say('subnets-too-few/mask', { mask, podCIDR: network.podCIDR }))];
  if (!inEtcd && bits > 16) {
    return [
      error(
        path,
        say('subnets-too-many', { mask, podCIDR: network.podCIDR, bits, longest: prefixLength(network.podCIDR) + 16 }),
      ),
    ];
  }
  const nodes = cluster.masters.length + cluster.workers.length;
  if (2 ** bits >= nodes) return [];
  return [error(path, say('subnets-too-few/nodes', { podCIDR: network.podCIDR, room: 2 ** bits, mask, nodes }))];
};

export const podsFitSubnet: Rule = (cluster) => {
  const { network, kubernetes } = cluster.spec;
  const mask = nodeMask(cluster);
  const addresses = 2 ** (32 - mask) - 3;
  if (network.provider === 'external' || kubernetes.kubelet.maxPods <= addresses) return [];
  return [
    error(
      ['kubernetes', 'kubelet', 'maxPods'],
      say('pods-exceed-subnet', { maxPods: kubernetes.kubelet.maxPods, addresses, mask }),
    ),
  ];
};

/** Linux's ports for clients (net.ipv4.ip_local_port_range) occasionally collide with NodePorts. */
export const nodePortsFree: Rule = ({ spec }) => {
  const [low, high] = spec.network.nodePortRange.split('-').map(Number) as [number, number];
  const path = ['network', 'nodePortRange'];
  const { loadBalancer } = spec.apiEndpoint;
  const used: readonly (readonly [string, number])[] = [
    ['kube-apiserver', spec.kubernetes.apiServer.port],
    ['etcd', spec.etcd.clientPort],
    ['etcd peers', spec.etcd.peerPort],
    ['kubelet', 10250],
    ['kubelet’s health check', 10248],
    ['kube-proxy', 10256],
    ['kube-proxy’s metrics', 10249],
    ['kube-controller-manager', 10257],
    ['kube-scheduler', 10259],
    ...(loadBalancer.type === 'local' ? [[localBalancer.name, loadBalancer.port] as const] : []),
  ];
  const taken = used.filter(([, port]) => port >= low && port <= high).map(([name, port]) => `${port} of ${name}`);
  if (taken.length > 0) {
    return [error(path, say('node-ports-taken', { low, high, taken }))];
  }
  if (high < 32768) return [];
  const reserved = String(spec.os.sysctls['net.ipv4.ip_local_reserved_ports'] ?? '');
  if (reserved !== '') return [];
  return [warning(path, say('node-ports-local', { low, high }))];
};
