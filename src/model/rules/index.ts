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
import { encryptionNamesResources } from './encryption.ts';
import { dataApart, dataStays, etcdLogLiesApart } from './machine/data-directories.ts';
import { imagesHaveMirror, mirroredImagesHaveTags } from './machine/images.ts';
import {
  diskIsNamedOnce,
  disksApart,
  kernelHasThem,
  nothingBelowMounts,
  ownContentOnce,
  ownPathsDiffer,
  secretsAreClosed,
  timeZoneExists,
} from './machine/machines.ts';
import { marksAreNotKubernetesOwn } from './machine/marks.ts';
import {
  endpointIsReachable,
  namesAndAddressesDiffer,
  oddEtcd,
  poolLabelsAreOwn,
  poolNamesDiffer,
  roleLabelsAreOurs,
  somewhereToRun,
} from './machine/nodes.ts';
import { ownFilesAreWelcome, templatesAreNotStarted } from './machine/own-places.ts';
import { payloadHasMirror } from './machine/payload.ts';
import { poolNetworksAreHosts, poolPatternsAreApart, poolsAreBounded } from './machine/pools.ts';
import {
  filesSuffice,
  forwardingStaysOn,
  kubeletKeysStay,
  portsAreNotBorrowed,
  sysctlsDiffer,
} from './machine/sysctls.ts';
import { workersStayOutOfEtcd } from './network/flannel-store.ts';
import { backendTakesValues } from './network/flannel-values.ts';
import { balancerWaits, hashSeesClients, nginxMayServe } from './network/load-balancer.ts';
import {
  addressesInHostNetwork,
  dnsServiceAddress,
  enoughSubnets,
  networksApart,
  nodePortsFree,
  podsFitSubnet,
  serviceNetworkSize,
  staticNetworkNamesInterface,
} from './network/networks.ts';
import {
  addressesArePossible,
  endpointIsPossible,
  namesAreNotLocalhost,
  taintsDiffer,
} from './network/node-addresses.ts';
import {
  endpointNameIsFree,
  gatewayIsPossible,
  nameServersAreElsewhere,
  networksArePossible,
} from './network/possible-networks.ts';
import { kubernetesAuthorityHasKey, pkiLifetimes } from './pki.ts';
import {
  podSecurityExemptsOnce,
  podSecurityIsRead,
  podSecurityIsThere,
  podSecurityLetsDnsStart,
} from './pod-security.ts';
import { fieldsHaveEffect, flagsAreCurrent } from './program/deprecated-flags.ts';
import { extraArgsAreKnown } from './program/extra-args.ts';
import { containerdKeysAreKnown, daemonKeysAreKnown, extraConfigIsKnown } from './program/extra-config.ts';
import { featureGatesAreKnown, featureGatesHaveWhatTheyNeed, featureGatesOnce } from './program/feature-gates.ts';
import {
  apiTakesRequests,
  auditBatchesHoldEvents,
  leasesOutlastRenewal,
  oneSigningAuthority,
  reloadHasFile,
} from './program/flag-relations.ts';
import { flagValuesAreAccepted } from './program/flag-values.ts';
import {
  registriesDiffer,
  registrySettingsAgree,
  registrySettingsExist,
  registryUrlsAreBare,
} from './program/registries.ts';
import { apiGroupsExist, apiSwitchesAreRead } from './program/runtime-config.ts';
import { dockerMirrorsAreBare, registriesAreConfiguredOnce } from './program/runtime-registries.ts';
import type { Finding, Rule } from './rule.ts';
import { noSecretsOnCommandLines, ownSecretsAreMarked } from './secrets.ts';

/** Every rule; a test holds that each one has a golden under `test/golden/invalid/`. */
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
