import type { Cluster } from '../cluster.ts';
import { attempt } from '../loading/intact.ts';
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
import { machineRules } from './machine/index.ts';
import { networkRules } from './network/index.ts';
import { kubernetesAuthorityHasKey, pkiLifetimes } from './pki.ts';
import {
  podSecurityExemptsOnce,
  podSecurityIsRead,
  podSecurityIsThere,
  podSecurityLetsDnsStart,
} from './pod-security.ts';
import { programRules } from './program/index.ts';
import type { Finding, Rule } from './rule.ts';
import { noSecretsOnCommandLines, ownSecretsAreMarked } from './secrets.ts';

/** Every rule; a test checks that each has a golden under `test/golden/invalid/`. */
export const rules: readonly Rule[] = [
  ...machineRules,
  ...networkRules,
  ...programRules,
  ownArtifactHasSource,
  ownArtifactsDiffer,
  ownMembersFitFormat,
  ownArtifactPoolsExist,
  ownFilesHaveMirror,
  pkiLifetimes,
  kubernetesAuthorityHasKey,
  versionsGoTogether,
  osReleaseIsOfFamily,
  encryptionNamesResources,
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
  flannelBackendExists,
  kubeletStaysClosed,
  seccompDefaultIsThere,
  ownSecretsAreMarked,
  noSecretsOnCommandLines,
  registryIsHost,
  ipsecHasSecret,
  recordsAreKept,
];

/** All conflicts between the settings of a cluster. A rule that needs a broken setting is skipped. */
export function checkRules(cluster: Cluster, more: readonly Rule[] = []): readonly Finding[] {
  return [...rules, ...more].flatMap((rule) => attempt(() => rule(cluster)) ?? []);
}
