import type { Rule } from '../rule.ts';
import { fieldsHaveEffect, flagsAreCurrent } from './deprecated-flags.ts';
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
import { registriesDiffer, registrySettingsAgree, registrySettingsExist, registryUrlsAreBare } from './registries.ts';
import { apiGroupsExist, apiSwitchesAreRead } from './runtime-config.ts';
import { dockerMirrorsAreBare, registriesAreConfiguredOnce } from './runtime-registries.ts';

/** Rules about the settings of programs: flags, fields, gates, registries. */
export const programRules: readonly Rule[] = [
  extraArgsAreKnown,
  flagsAreCurrent,
  flagValuesAreAccepted,
  leasesOutlastRenewal,
  auditBatchesHoldEvents,
  oneSigningAuthority,
  apiSwitchesAreRead,
  apiGroupsExist,
  apiTakesRequests,
  reloadHasFile,
  extraConfigIsKnown,
  fieldsHaveEffect,
  daemonKeysAreKnown,
  containerdKeysAreKnown,
  featureGatesAreKnown,
  featureGatesHaveWhatTheyNeed,
  featureGatesOnce,
  registryUrlsAreBare,
  registriesDiffer,
  registrySettingsAgree,
  registrySettingsExist,
  registriesAreConfiguredOnce,
  dockerMirrorsAreBare,
];
