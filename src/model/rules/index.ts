import type { Cluster } from '../cluster.ts';
import { attempt } from '../intact.ts';
import {
  accessFilesHaveGate,
  admissionPluginsExist,
  authenticationFits,
  authorizationFilesFit,
  authorizationLetsNodesIn,
  nodesStayRestricted,
} from './api-access.ts';
import {
  ownArtifactHasSource,
  ownArtifactPoolsExist,
  ownArtifactsDiffer,
  ownFilesHaveMirror,
  ownMembersFitFormat,
} from './artifacts.ts';
import { ipsecHasSecret, recordsAreKept, registryIsHost } from './choices.ts';
import {
  flannelBackendExists,
  kubeletStaysClosed,
  osReleaseIsOfFamily,
  seccompDefaultIsThere,
  versionsGoTogether,
} from './components.ts';
import { dataApart, dataStays, etcdLogLiesApart } from './data-directories.ts';
import { fieldsHaveEffect, flagsAreCurrent } from './deprecated-flags.ts';
import { encryptionNamesResources } from './encryption.ts';
import { extraArgsAreKnown } from './extra-args.ts';
import { containerdKeysAreKnown, daemonKeysAreKnown, extraConfigIsKnown } from './extra-config.ts';
import { featureGatesAreKnown, featureGatesHaveWhatTheyNeed, featureGatesOnce } from './feature-gates.ts';
import {
  apiTakesRequests,
  auditBatchesHoldEvents,
  leasesOutlastRenewal,
  oneSigningAuthority,
  reloadHasFile,
} from './flag-relations.ts';
import { flagValuesAreAccepted } from './flag-values.ts';
import { workersStayOutOfEtcd } from './flannel-store.ts';
import { backendTakesValues } from './flannel-values.ts';
import { imagesHaveMirror, mirroredImagesHaveTags } from './images.ts';
import { balancerWaits, hashSeesClients, nginxMayServe } from './load-balancer.ts';
import {
  diskIsNamedOnce,
  disksApart,
  kernelHasThem,
  nothingBelowMounts,
  ownContentOnce,
  ownPathsDiffer,
  secretsAreClosed,
  timeZoneExists,
} from './machines.ts';
import { marksAreNotKubernetesOwn } from './marks.ts';
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
  endpointIsReachable,
  namesAndAddressesDiffer,
  oddEtcd,
  poolLabelsAreOwn,
  poolNamesDiffer,
  roleLabelsAreOurs,
  somewhereToRun,
} from './nodes.ts';
import { ownFilesAreWelcome, templatesAreNotStarted } from './own-places.ts';
import { payloadHasMirror } from './payload.ts';
import { kubernetesAuthorityHasKey, pkiLifetimes } from './pki.ts';
import {
  podSecurityExemptsOnce,
  podSecurityIsRead,
  podSecurityIsThere,
  podSecurityLetsDnsStart,
} from './pod-security.ts';
import { poolNetworksAreHosts, poolPatternsAreApart, poolsAreBounded } from './pools.ts';
import {
  endpointNameIsFree,
  gatewayIsPossible,
  nameServersAreElsewhere,
  networksArePossible,
} from './possible-networks.ts';
import { registriesDiffer, registrySettingsAgree, registrySettingsExist, registryUrlsAreBare } from './registries.ts';
import type { Finding, Rule } from './rule.ts';
import { apiGroupsExist, apiSwitchesAreRead } from './runtime-config.ts';
import { dockerMirrorsAreBare, registriesAreConfiguredOnce } from './runtime-registries.ts';
import { noSecretsOnCommandLines, ownSecretsAreMarked } from './secrets.ts';
import { filesSuffice, forwardingStaysOn, kubeletKeysStay, portsAreNotBorrowed, sysctlsDiffer } from './sysctls.ts';

/** Every rule; a test holds that each one has a golden under `test/golden/invalid-*`. */
export const rules: readonly Rule[] = [
  namesAndAddressesDiffer,
  oddEtcd,
  somewhereToRun,
  endpointIsReachable,
  endpointNameIsFree,
  hashSeesClients,
  nginxMayServe,
  balancerWaits,
  roleLabelsAreOurs,
  poolLabelsAreOwn,
  marksAreNotKubernetesOwn,
  poolNamesDiffer,
  poolPatternsAreApart,
  poolsAreBounded,
  poolNetworksAreHosts,
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
  diskIsNamedOnce,
  disksApart,
  dataStays,
  dataApart,
  etcdLogLiesApart,
  nothingBelowMounts,
  kernelHasThem,
  timeZoneExists,
  ownContentOnce,
  ownPathsDiffer,
  ownFilesAreWelcome,
  templatesAreNotStarted,
  ownArtifactHasSource,
  ownArtifactsDiffer,
  ownMembersFitFormat,
  ownArtifactPoolsExist,
  ownFilesHaveMirror,
  pkiLifetimes,
  kubernetesAuthorityHasKey,
  secretsAreClosed,
  versionsGoTogether,
  osReleaseIsOfFamily,
  extraArgsAreKnown,
  flagsAreCurrent,
  flagValuesAreAccepted,
  leasesOutlastRenewal,
  auditBatchesHoldEvents,
  oneSigningAuthority,
  apiSwitchesAreRead,
  apiGroupsExist,
  apiTakesRequests,
  encryptionNamesResources,
  reloadHasFile,
  extraConfigIsKnown,
  fieldsHaveEffect,
  daemonKeysAreKnown,
  containerdKeysAreKnown,
  admissionPluginsExist,
  nodesStayRestricted,
  authorizationLetsNodesIn,
  authorizationFilesFit,
  authenticationFits,
  accessFilesHaveGate,
  podSecurityIsThere,
  podSecurityIsRead,
  podSecurityExemptsOnce,
  podSecurityLetsDnsStart,
  featureGatesAreKnown,
  featureGatesHaveWhatTheyNeed,
  featureGatesOnce,
  flannelBackendExists,
  backendTakesValues,
  kubeletStaysClosed,
  seccompDefaultIsThere,
  payloadHasMirror,
  mirroredImagesHaveTags,
  imagesHaveMirror,
  registryUrlsAreBare,
  registriesDiffer,
  registrySettingsAgree,
  registrySettingsExist,
  registriesAreConfiguredOnce,
  dockerMirrorsAreBare,
  ownSecretsAreMarked,
  noSecretsOnCommandLines,
  addressesArePossible,
  namesAreNotLocalhost,
  endpointIsPossible,
  taintsDiffer,
  kubeletKeysStay,
  forwardingStaysOn,
  sysctlsDiffer,
  filesSuffice,
  portsAreNotBorrowed,
  registryIsHost,
  ipsecHasSecret,
  recordsAreKept,
];

/** Everything that is wrong between the settings of a cluster. A rule that needs a setting which is wrong by itself is left out. */
export function checkRules(cluster: Cluster, more: readonly Rule[] = []): readonly Finding[] {
  return [...rules, ...more].flatMap((rule) => attempt(() => rule(cluster)) ?? []);
}
