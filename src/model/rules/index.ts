import type { Diagnostic } from '../../base/diagnostic.ts';
import type { Cluster } from '../cluster.ts';
import {
  admissionPluginsExist,
  daemonKeysAreKnown,
  extraArgsAreKnown,
  extraConfigIsKnown,
  flannelBackendExists,
  softEvictionsHaveGrace,
  versionsGoTogether,
} from './components.ts';
import {
  diskIsNamedOnce,
  disksApart,
  kernelHasThem,
  nothingBelowMounts,
  ownContentOnce,
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
import type { Rule } from './rule.ts';

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
  pkiLifetimes,
  secretsAreClosed,
  versionsGoTogether,
  extraArgsAreKnown,
  extraConfigIsKnown,
  daemonKeysAreKnown,
  admissionPluginsExist,
  flannelBackendExists,
  softEvictionsHaveGrace,
];

/** Everything that is wrong between the settings of a cluster, each field of which is right by itself. */
export function checkRules(cluster: Cluster): readonly Diagnostic[] {
  return rules.flatMap((rule) => rule(cluster));
}
