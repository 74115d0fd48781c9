import { speaker, type Words } from '../../../base/catalogue.ts';
import { list, suggest } from '../../../base/wording.ts';

/** Messages of rules about machines. */
export const say = speaker('model/rules/machine', {
  'data-fleeting': ({ program, folder }: { program: string; folder: string }) => ({
    message: `${program} would lose its data: ${folder} is emptied at a start`,
    hint: `choose a folder of its own that stays, for example /var/lib/${program} or one on a data disk`,
  }),
  'data-in-system': ({ folder, program }: { folder: string; program: string }) => ({
    message: `${folder} belongs to the system, and ${program} would fill it`,
    hint: `choose a folder of its own that stays, for example /var/lib/${program} or one on a data disk`,
  }),
  'data-shared/setting': ({
    folder,
    other,
    otherKey,
    program,
    key,
  }: {
    folder: string | undefined;
    other: string;
    otherKey: string;
    program: string;
    key: string;
  }) => ({
    message: `${folder} would be ${other}'s ${otherKey} and ${program}'s ${key}`,
    hint: 'give each a folder of its own',
  }),
  'data-shared/log': ({ walDir, dataDir }: { walDir: string; dataDir: string }) => ({
    message: `etcd would empty ${walDir} for its log, and its data is there: ${dataDir}`,
    hint: `choose a folder of its own, for example ${dataDir}-wal`,
  }),
  'image-without-tag': ({ image }: { image: string }) => ({
    message: `'${image}' is not registry/name:tag, the only name that artifacts.images: mirror can bring`,
    hint: 'write it without a scheme and without a digest: the lock pins the file',
  }),
  'images-without-mirror': {
    message: 'the images come from a mirror, and artifacts.mirrors names none',
    hint: "name the mirror's base URL in artifacts.mirrors, or leave images: registry",
  },
  'disk-identity': ({ named }: { named: number }) => ({
    message: named === 0 ? 'the data disk has no device' : 'the data disk is named in more than one way',
    hint: "give exactly one of 'device', 'id' and 'serial'",
  }),
  'disk-twice': ({ name }: { name: string | undefined }) => ({
    message: `${name} is used twice`,
    hint: 'a disk has one mount',
  }),
  'mount-twice': ({ mount }: { mount: string }) => ({
    message: `${mount} is mounted twice`,
    hint: 'choose another folder',
  }),
  'mount-nested': ({ mount, other }: { mount: string; other: string }) => ({
    message: `${mount} and ${other} lie one below the other`,
    hint: 'mount them side by side',
  }),
  'tenant-twice': ({ tenant }: { tenant: string }) => ({
    message: `two disks hold ${tenant}`,
    hint: 'let one of them hold it',
  }),
  'file-below-mount': ({ path, itself, mount }: { path: string; itself: boolean; mount: string }) => ({
    message: `${path} ${itself ? 'is where the data disk is mounted' : `lies below the data disk ${mount}`}: it would be hidden by the mount`,
    hint: 'write it elsewhere',
  }),
  'mount-covers-system': ({ mount, folder }: { mount: string; folder: string }) => ({
    message: `${mount} would hide files that knode writes below ${folder}`,
    hint: 'mount the disk at a folder of its own, for example /data',
  }),
  'path-twice': ({ name, list, earlier }: { name: string | undefined; list: string; earlier: number }) => ({
    message: `${name} stands twice: ${list}[${earlier}] writes it too`,
    hint: 'keep one, or give them different roles',
  }),
  'sysctl-gone': ({ key, why }: { key: string; why: string }) => ({
    message: `the kernel has no ${key} any more: ${why}`,
    hint: 'remove it',
  }),
  'module-gone': ({ name, why }: { name: string; why: string }) => ({
    message: `the kernel has no ${name} any more: ${why}`,
    hint: 'write nf_conntrack',
  }),
  'unknown-timezone': ({ timezone, near }: { timezone: string; near: string | undefined }) => ({
    message: `there is no time zone '${timezone}'`,
    hint: suggest(near, 'timedatectl list-timezones shows them all'),
  }),
  'content-once': ({ source, list, index }: { source: string | undefined; list: string; index: number }) => ({
    message: source === undefined ? `${list}[${index}] has no content` : `${list}[${index}] has its content twice`,
    hint: "give either 'source' (a file beside the cluster file) or 'content'",
  }),
  'secret-readable': ({ path, mode }: { path: string; mode: string }) => ({
    message: `${path} is secret, but mode ${mode} lets everybody read it`,
    hint: "leave the mode out for '0600', or end it in 0",
  }),
  'label-taken': ({ key }: { key: string }) => ({
    message: `kubelet sets ${key} by what the machine is: another value breaks local volumes and spreading`,
    hint: 'use a key of your own domain',
  }),
  'taint-taken': ({ key }: { key: string }) => ({
    message: `kube-controller-manager sets ${key} by the node's state, and takes yours away`,
    hint: 'use a key of your own domain',
  }),
  'etcd-even': ({ count }: { count: number }) => ({
    message: `${count} etcd members survive no more failures than ${count - 1}`,
    hint: `use ${count - 1} or ${count + 1}`,
  }),
  'etcd-many': ({ count }: { count: number }) => ({
    message: `${count} etcd members slow every write down`,
    hint: 'use dedicated etcd nodes, at most 7',
  }),
  'nothing-schedulable': {
    message: 'no node runs ordinary pods: there are no workers, and masters are tainted',
    hint: 'add workers, or let masters run pods: roles: {master: {schedulable: true}}',
  },
  missing: {
    message: "'apiEndpoint' needs an address or a name",
    hint: 'give the virtual address, the load balancer’s address or its DNS name',
  },
  'no-balancer': {
    message: "the load balancer is 'balancer', but there is no balancer node",
    hint: 'add one: nodes: {balancers: [{name: lb1, address: 10.0.0.10}]}',
  },
  'balancer-unused': ({ type }: { type: string }) => ({
    message: `there are balancer nodes, but nodes use the '${type}' load balancer`,
    hint: "let nodes use them: apiEndpoint: {loadBalancer: {type: balancer}}, or leave them to people's traffic",
  }),
  'labels-without-node': ({ name, role }: { name: string; role: string }) => ({
    message: `${name} is no Kubernetes node: labels and taints have no effect on ${role} nodes`,
    hint: 'remove them',
  }),
  'pool-label': ({ key, pool }: { key: string; pool: string }) => ({
    message: `a kubelet may not give itself the label ${key}, and the nodes of pool ${pool} have no other way to it`,
    hint: 'use a key of your own domain',
  }),
  'duplicate-name': ({ value, other }: { value: string; other: string }) => ({
    message: `name ${value} is used twice: ${other} has it too`,
    hint: 'give every node a name of its own',
  }),
  'duplicate-address': ({ value, other }: { value: string; other: string }) => ({
    message: `address ${value} is used twice: ${other} has it too`,
    hint: 'give every node an address of its own',
  }),
  'duplicate-name/pool': ({ name }: { name: string }) => ({
    message: `a node is called ${name}, as this pool is in the state`,
    hint: 'rename one of them',
  }),
  'file-of-image': ({ path, why }: { path: string; why: string }) => ({
    message: `${path} would replace the image’s own: ${why}`,
    hint: 'change it in the image',
  }),
  'file-fleeting': ({ path }: { path: string }) => ({
    message: `${path} is gone after the first restart: cloud-init writes files once`,
    hint: 'choose a folder below /etc or /var/lib',
  }),
  'unit-template': ({ name }: { name: string }) => ({
    message: `${name} is a template, which cannot be started: knode’s target would wait for it`,
    hint: 'set start: false, or name an instance',
  }),
  'payload-without-mirror': {
    message: 'the payload comes from a mirror, and artifacts.mirrors names none',
    hint: "name the mirror's base URL in artifacts.mirrors, or leave payload: user-data",
  },
  'pool-names-unused': ({ pool, names }: { pool: string; names: string }) => ({
    message: `pool ${pool} names its machines by their addresses: '${names}' has no effect`,
    hint: 'leave names out, or set nodeName: hostname',
  }),
  'pool-names-taken': ({ names, name, pool }: { names: string; name: string; pool: string }) => ({
    message: `'${names}' fits the node ${name}, whose name the machines of pool ${pool} must not take`,
    hint: 'choose a pattern that no named node fits',
  }),
  'pool-unbounded': ({ pool, anyName, anyAddress }: { pool: string; anyName: boolean; anyAddress: boolean }) => {
    const what = [...(anyName ? ['any name'] : []), ...(anyAddress ? ['any address'] : [])].join(' and ');
    const example = [...(anyName ? [`names: '${pool}-*'`] : []), ...(anyAddress ? ['network: 10.0.0.0/24'] : [])];
    return {
      message: `a machine that has the user-data of pool ${pool} can join with ${what} that is not reserved`,
      hint: `bound it, for example nodes: {pools: {${pool}: {${list(example)}}}}`,
    };
  },
  'networks-overlap': ({
    network,
    pool,
    name,
    cidr,
  }: {
    network: string;
    pool: string;
    name: string;
    cidr: string;
  }) => ({
    message: `the network ${network} of pool ${pool} overlaps the ${name} network ${cidr}`,
    hint: 'choose networks that share no address',
  }),
  'address-outside-network': ({
    network,
    pool,
    cidr,
  }: {
    network: string;
    pool: string;
    cidr: string | undefined;
  }) => ({
    message: `the network ${network} of pool ${pool} lies outside network.host.cidr ${cidr}`,
    hint: 'mend one of them',
  }),
  'sysctl-kubelet/lost': ({ key, wanted }: { key: string; wanted: number }) => ({
    message: `kubelet sets ${key} to ${wanted} at every start, whatever it is before`,
    hint: 'remove it',
  }),
  'sysctl-kubelet/refused': ({ key, wanted }: { key: string; wanted: number }) => ({
    message: `kubelet does not start unless ${key} is ${wanted}`,
    hint: 'remove it: knode sets what kubelet wants',
  }),
  'sysctl-forward': ({ key }: { key: string }) => ({
    message: `without ${key} = 1 pods reach neither pods of other nodes nor Services`,
    hint: 'remove it: knode sets it to 1',
  }),
  'sysctl-twice': ({ key, earlier }: { key: string; earlier: string }) => ({
    message: `${key} and ${earlier} are the same key`,
    hint: 'keep one of them',
  }),
  'sysctl-files': ({ value, mostFiles }: { value: number; mostFiles: number }) => ({
    message: `with fs.nr_open ${value} the container runtime does not start: its unit asks for ${mostFiles} files`,
    hint: `write ${mostFiles} or more, or remove it`,
  }),
  'sysctl-range': ({ key }: { key: string }) => ({
    message: `${key} must be two ports, the lower first`,
    hint: 'for example 32768 60999',
  }),
  'sysctl-ports/node-ports': ({ range }: { range: string }) => sysctlPorts(`NodePorts (${range})`),
  'sysctl-ports/own': sysctlPorts('Kubernetes’ own ports (10248-10259)'),
});

function sysctlPorts(taken: string): Words & { readonly hint: string } {
  return {
    message: `outgoing connections may take ${taken}, which then cannot be served`,
    hint: 'keep the range above them, for example 32768 60999, or set net.ipv4.ip_local_reserved_ports',
  };
}
