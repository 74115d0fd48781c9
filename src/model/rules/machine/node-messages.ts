import { speaker } from '../../../base/catalogue.ts';
import { list } from '../../../base/wording.ts';

/** What rules about nodes and pools say. */
export const say = speaker('model/rules/nodes', {
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
});
