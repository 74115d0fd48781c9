import type { Rule } from '../rule.ts';
import { imagesHaveMirror, mirroredImagesHaveTags } from './container-images.ts';
import { dataApart, dataStays, etcdLogLiesApart } from './data-directories.ts';
import { layerArchiveHasMirror } from './layer-archive.ts';
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
  endpointIsReachable,
  namesAndAddressesDiffer,
  oddEtcd,
  poolLabelsAreOwn,
  poolNamesDiffer,
  roleLabelsAreOurs,
  somewhereToRun,
} from './nodes.ts';
import { ownFilesAreWelcome, templatesAreNotStarted } from './own-places.ts';
import { poolNetworksAreHosts, poolPatternsAreApart, poolsAreBounded } from './pools.ts';
import { filesSuffice, forwardingStaysOn, kubeletKeysStay, portsAreNotBorrowed, sysctlsDiffer } from './sysctls.ts';

/** Rules about machines: nodes and pools, disks, files, kernel settings, and their content. */
export const machineRules: readonly Rule[] = [
  namesAndAddressesDiffer,
  oddEtcd,
  somewhereToRun,
  endpointIsReachable,
  roleLabelsAreOurs,
  poolLabelsAreOwn,
  marksAreNotKubernetesOwn,
  poolNamesDiffer,
  poolPatternsAreApart,
  poolsAreBounded,
  poolNetworksAreHosts,
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
  secretsAreClosed,
  layerArchiveHasMirror,
  mirroredImagesHaveTags,
  imagesHaveMirror,
  kubeletKeysStay,
  forwardingStaysOn,
  sysctlsDiffer,
  filesSuffice,
  portsAreNotBorrowed,
];
