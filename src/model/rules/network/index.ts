import type { Rule } from '../rule.ts';
import { workersStayOutOfEtcd } from './flannel-store.ts';
import { backendTakesValues } from './flannel-values.ts';
import { balancerWaits, hashSeesClients, nginxMayServe } from './load-balancer.ts';
import {
  addressesInHostNetwork,
  dnsServiceAddress,
  enoughSubnets,
  networksApart,
  nodePortsFree,
  podsFitSubnet,
  serviceNetworkSize,
  staticNetworkNamesInterface,
} from './networks.ts';
import { addressesArePossible, endpointIsPossible, namesAreNotLocalhost, taintsDiffer } from './node-addresses.ts';
import {
  endpointNameIsFree,
  gatewayIsPossible,
  nameServersAreElsewhere,
  networksArePossible,
} from './possible-networks.ts';

/** Rules about networks, addresses and the connection to the API server. */
export const networkRules: readonly Rule[] = [
  endpointNameIsFree,
  hashSeesClients,
  nginxMayServe,
  balancerWaits,
  networksApart,
  networksArePossible,
  gatewayIsPossible,
  nameServersAreElsewhere,
  addressesInHostNetwork,
  staticNetworkNamesInterface,
  dnsServiceAddress,
  serviceNetworkSize,
  enoughSubnets,
  podsFitSubnet,
  workersStayOutOfEtcd,
  nodePortsFree,
  backendTakesValues,
  addressesArePossible,
  namesAreNotLocalhost,
  endpointIsPossible,
  taintsDiffer,
];
