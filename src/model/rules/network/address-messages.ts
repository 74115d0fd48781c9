import { phrases, speaker } from '../../../base/catalogue.ts';

/** What networks are reserved for. */
export const keptFor = phrases('model/rules/kept-networks', {
  '0.0.0.0/8': 'for "this network"',
  '127.0.0.0/8': 'for loopback',
  '169.254.0.0/16': 'link-local: no router passes it on, and clouds have their metadata there',
  '224.0.0.0/3': 'for multicast and reserved',
});

/** What rules about addresses say. */
export const say = speaker('model/rules/addresses', {
  'address-impossible/node': ({ address, kind }: { address: string; kind: string }) => ({
    message: `${address} is ${kind}: kubelet and etcd cannot be reached there`,
    hint: 'write the address of the machine’s own network interface',
  }),
  'address-impossible/network': ({
    address,
    name,
    cidr,
  }: {
    address: string;
    name: string;
    cidr: string | undefined;
  }) => ({
    message: `${address} is the ${name} address of ${cidr}: no machine can have it`,
    hint: 'write the address of the machine’s own network interface',
  }),
  'address-gateway': ({ address }: { address: string }) => ({
    message: `${address} is the gateway of the host network: two machines would answer to it`,
    hint: 'give the node an address of its own, or correct network.host.gateway',
  }),
  'name-localhost/node': ({ name }: { name: string }) => ({
    message: `${name} is every machine's own name for itself: others would not find the node by it`,
    hint: 'for example w1',
  }),
  'address-impossible/endpoint': ({ address, kind }: { address: string | undefined; kind: string }) => ({
    message: `${address} is ${kind}: no client can connect to it`,
    hint: 'write the address at which the API is reached',
  }),
  'taint-twice': ({ key, effect }: { key: string; effect: string }) => ({
    message: `the taint ${key}:${effect} is there twice: a node has one of a key and effect`,
    hint: 'keep one of them',
  }),
  'network-impossible': ({
    cidr,
    key,
    kept,
    purpose,
  }: {
    cidr: string;
    key: string;
    kept: string;
    purpose: string;
  }) => ({
    message: `${cidr} cannot be the network of ${key === 'podCIDR' ? 'pods' : 'Services'}: ${kept} is ${purpose}`,
    hint: 'choose a private one, for example 10.244.0.0/16',
  }),
  'address-impossible/gateway': ({
    gateway,
    name,
    cidr,
  }: {
    gateway: string | undefined;
    name: string;
    cidr: string | undefined;
  }) => ({
    message: `${gateway} is the ${name} address of ${cidr}: no machine can have it`,
    hint: 'write the router’s own address',
  }),
  'nameserver-loop': ({ server, loopback }: { server: string; loopback: boolean }) => ({
    message: `the name server ${server} is ${loopback ? 'a loopback address' : 'an address of the cluster’s own Services'}: the node finds no name before Kubernetes runs, and CoreDNS asks itself`,
    hint: 'write the address of a name server of your network',
  }),
  'name-localhost/endpoint': ({ name }: { name: string }) => ({
    message: `${name} is every machine's own name for itself: nobody finds the API by it`,
    hint: 'for example k8s.example.com',
  }),
  'name-of-service': ({ name }: { name: string }) => ({
    message: `${name} is the name of the API's Service: in pods it leads to another address`,
    hint: 'for example k8s.example.com',
  }),
  'endpoint-loopback': ({ address }: { address: string }) => ({
    message: `${address} is each machine itself: kubectl works on a machine with an API server or a tunnel only`,
    hint: 'write the address that people reach',
  }),
});
