import { phrases, speaker } from '../../../base/catalogue.ts';
import { list } from '../../../base/wording.ts';

/** Values that flannel's back ends accept; follows "must be". */
export const kind = phrases('model/rules/flannel-kinds', {
  whole: (low: number, high: number) => `a whole number from ${low} to ${high}`,
  flag: 'true or false',
  text: 'a text',
  mode: 'separate, auto or ipv4',
});

export const localBalancer = phrases('model/rules/local-balancer', { name: 'the local load balancer' });

/** Messages of rules about networks. */
export const say = speaker('model/rules/network', {
  'flannel-store-etcd': ({ needed }: { needed: boolean }) => ({
    message:
      'with flannel in etcd every worker holds a certificate with which root there reads and changes all of etcd, past the API server',
    hint: needed
      ? 'docker without CNI needs it: guard workers as you guard masters'
      : 'use store: kubernetes; the pod network of a running cluster moves by replacing every node',
  }),
  'backend-value': ({
    key,
    expected,
    when,
    value,
  }: {
    key: string;
    expected: string;
    when: boolean;
    value: unknown;
  }) => ({
    message: `flanneld would not start: ${key} of its back end must be ${expected}`,
    hint: when ? `without quotes: ${value}` : 'or leave it out',
  }),
  'hash-on-loopback': {
    message:
      'behind 127.0.0.1 every client has the same address, so hash is taken of address and port: each connection by itself',
    hint: 'least_conn spreads connections evenly; hash is for balancer nodes',
  },
  'selinux-confines-nginx': ({ port }: { port: number }) => ({
    message: `where SELinux enforces, nginx may neither listen on port ${port} nor reach the API servers`,
    hint: `in the image: setsebool -P httpd_can_network_connect 1, semanage port -a -t http_port_t -p tcp ${port}; or set permissive`,
  }),
  'nginx-from-epel': ({ title }: { title: string | undefined }) => ({
    message: `nginx of ${title} is in EPEL, which the system does not ask by itself`,
    hint: 'in the image: yum install epel-release',
  }),
  'balancer-timeout/none': ({ key, value }: { key: string; value: string }) => ({
    message: `with ${key} ${value} the load balancer gives up each connection to the API at once`,
    hint: 'for example 3s, and 24h for idleTimeout',
  }),
  'balancer-timeout/short': ({ value }: { value: string }) => ({
    message: `idleTimeout ${value} cuts watches, exec and logs -f that are silent for so long: kubelets seem gone`,
    hint: 'leave it out for 24h',
  }),
  'networks-overlap': ({
    name,
    cidr,
    otherName,
    other,
  }: {
    name: string;
    cidr: string;
    otherName: string;
    other: string;
  }) => ({
    message: `the ${name} network ${cidr} overlaps the ${otherName} network ${other}`,
    hint: 'choose networks that share no address',
  }),
  'interface-pattern': ({ family, name }: { family: string; name: string }) => ({
    message: `network.host is static, and on ${family} its network-config cannot find an interface by the pattern '${name}'`,
    hint: 'write the interface’s name, as `ip link` shows it on the image, for example interface: eth0',
  }),
  'address-in-cluster-network': ({ address, name, cidr }: { address: string; name: string; cidr: string }) => ({
    message: `${address} lies in the ${name} network ${cidr}`,
    hint: `move the ${name} network, or choose another address`,
  }),
  'address-outside-network': ({ address, cidr }: { address: string; cidr: string }) => ({
    message: `${address} lies outside network.host.cidr ${cidr}`,
    hint: 'mend the address or the network',
  }),
  'dns-ip-outside': ({ dnsIP, serviceCIDR, example }: { dnsIP: string; serviceCIDR: string; example: string }) => ({
    message: `${dnsIP} lies outside the service network ${serviceCIDR}`,
    hint: `choose an address of ${serviceCIDR}, for example ${example}`,
  }),
  'dns-ip-taken': ({ dnsIP, serviceCIDR, example }: { dnsIP: string; serviceCIDR: string; example: string }) => ({
    message: `${dnsIP} is the API server's own Service address`,
    hint: `choose an address of ${serviceCIDR}, for example ${example}`,
  }),
  'service-network-size': ({ serviceCIDR }: { serviceCIDR: string }) => ({
    message: `${serviceCIDR} is too wide: kube-apiserver takes a prefix of /12 or longer`,
    hint: 'a /16 has 65,536 services',
  }),
  'subnets-too-few/mask': ({ mask, podCIDR }: { mask: number; podCIDR: string }) => ({
    message: `a /${mask} per node does not fit in ${podCIDR}`,
    hint: 'use a longer mask or a wider pod network',
  }),
  'subnets-too-many': ({
    mask,
    podCIDR,
    bits,
    longest,
  }: {
    mask: number;
    podCIDR: string;
    bits: number;
    longest: number;
  }) => ({
    message: `/${mask} out of ${podCIDR} is ${bits} bits apart; kube-controller-manager takes at most 16`,
    hint: `use /${longest} or shorter`,
  }),
  'subnets-too-few/nodes': ({
    podCIDR,
    room,
    mask,
    nodes,
  }: {
    podCIDR: string;
    room: number;
    mask: number;
    nodes: number;
  }) => ({
    message: `${podCIDR} has room for ${room} networks of /${mask}, but there are ${nodes} nodes`,
    hint: 'use a longer mask or a wider pod network',
  }),
  'pods-exceed-subnet': ({ maxPods, addresses, mask }: { maxPods: number; addresses: number; mask: number }) => ({
    message: `maxPods ${maxPods} is more than the ${addresses} addresses that a /${mask} leaves for pods`,
    hint: 'lower maxPods or widen the nodes’ networks',
  }),
  'node-ports-taken': ({ low, high, taken }: { low: number; high: number; taken: readonly string[] }) => ({
    message: `the NodePort range ${low}-${high} holds port ${list(taken)}`,
    hint: 'choose a range apart from it, for example 30000-32767',
  }),
  'node-ports-local': ({ low, high }: { low: number; high: number }) => ({
    message: `the NodePort range ${low}-${high} reaches into the ports that Linux hands out to clients (32768-60999)`,
    hint: `reserve them: os.sysctls: {net.ipv4.ip_local_reserved_ports: "32768-${high}"}`,
  }),
});
