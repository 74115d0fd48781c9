import type { Cluster } from '../cluster.ts';
import {
  admissionPluginsExist,
  evictionSignalsExist,
  flannelBackendExists,
  kubeletStaysClosed,
  softEvictionsHaveGrace,
  versionsGoTogether,
} from './components.ts';
import { extraArgsAreKnown } from './extra-args.ts';
import { containerdKeysAreKnown, daemonKeysAreKnown, extraConfigIsKnown } from './extra-config.ts';
import {
  diskIsNamedOnce,
  disksApart,
  kernelHasThem,
  nothingBelowMounts,
  ownContentOnce,
  ownPathsDiffer,
  pkiLifetimes,
  secretsAreClosed,
  timeZoneExists,
} from './machines.ts';
import {
  addressesInHostNetwork,
  dnsServiceAddress,
  enoughSubnets,
  networksApart,
  nodePortsFree,
  podsFitSubnet,
  serviceNetworkSize,
} from './networks.ts';
import {
  endpointIsReachable,
  localPortsDiffer,
  namesAndAddressesDiffer,
  oddEtcd,
  roleLabelsAreOurs,
  somewhereToRun,
} from './nodes.ts';
import type { Finding, Rule } from './rule.ts';

/** Every rule; a test holds that each one has a golden under `test/golden/invalid-*`. */
export const rules: readonly Rule[] = [
  namesAndAddressesDiffer,
  oddEtcd,
  somewhereToRun,
  endpointIsReachable,
  localPortsDiffer,
  roleLabelsAreOurs,
  networksApart,
  addressesInHostNetwork,
  dnsServiceAddress,
  serviceNetworkSize,
  enoughSubnets,
  podsFitSubnet,
  nodePortsFree,
  diskIsNamedOnce,
  disksApart,
  nothingBelowMounts,
  kernelHasThem,
  timeZoneExists,
  ownContentOnce,
  ownPathsDiffer,
  pkiLifetimes,
  secretsAreClosed,
  versionsGoTogether,
  extraArgsAreKnown,
  extraConfigIsKnown,
  daemonKeysAreKnown,
  containerdKeysAreKnown,
  admissionPluginsExist,
  flannelBackendExists,
  softEvictionsHaveGrace,
  evictionSignalsExist,
  kubeletStaysClosed,
];

/** Everything that is wrong between the settings of a cluster, each field of which is right by itself. */
export function checkRules(cluster: Cluster): readonly Finding[] {
  return rules.flatMap((rule) => rule(cluster));
}
