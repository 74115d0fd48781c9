import { phrases } from '../base/catalogue.ts';
import type { Role } from '../model/cluster.ts';
import { wordOfRole } from '../model/roles.ts';

/** Messages of this room's diagnostics. */
export const messages = phrases('image/messages', {
  notJson: (file: string): string => `${file} is not JSON`,
  notAManifest: (file: string, where: string, why: string): string =>
    `${file} is not the manifest of a golden image${where === '' ? '' : `: '${where}'`}: ${why}`,
  manifestHint: 'give the IMAGE.json that the bake wrote (on a machine of the image it is /etc/knode/image.json)',

  otherArch: (image: string, arch: string, node: string, wanted: string): string =>
    `the image ${image} is for ${arch}, and ${node} is ${wanted}`,
  otherArchHint: (arch: string): string => `bake one for it: knode image template --arch ${arch}`,
  otherFamily: (image: string, family: string, wanted: string): string =>
    `the image ${image} is of the family ${family}, and the cluster file says os.family: ${wanted}`,
  otherFamilyHint: 'bake an image on a distribution of that family: knode image template --os',
  otherVersions: (image: string, node: string, lines: readonly string[]): string =>
    `the image ${image} has other versions than ${node} needs: ${lines.join(', ')}`,
  otherVersionsHint: 'bake an image of this cluster file, or render without --image',
  lacks: (image: string, node: string, names: readonly string[]): string =>
    `the image ${image} lacks ${names.length} of the programs that ${node} needs, which it will download: ${names.join(', ')}`,
  lacksHint: (role: Role): string => `bake an image for it: knode image template --role ${wordOfRole(role)}`,
  differs: (image: string, names: readonly string[]): string =>
    `the artifact lock has other checksums than the image ${image}, so nodes will download these anew: ${names.join(', ')}`,
  differsHint: 'bake an image of this artifact lock',
  lacksPackages: (image: string, node: string, names: readonly string[]): string =>
    `the image ${image} lacks packages that ${node} needs, which it will install: ${names.join(', ')}`,
  more: (image: string, paths: readonly string[]): string =>
    `the image ${image} has files of knode that the node would not have without it: ${paths.join(', ')}`,
  moreHint: 'an older knode or another cluster file made it: bake it anew, or make sure that they do no harm',

  knownOf: (what: string, names: readonly string[], near?: string): string =>
    `${near === undefined ? '' : `did you mean '${near}'? `}${what}: ${names.join(', ')}`,
  noChecksum: 'a base image is not taken without its checksum',
  noChecksumHint: 'give --checksum sha256:HEX or sha512:HEX, from a place that you trust',
  checksumUnused: (builder: string): string => `${builder} takes no --checksum: its base is no file`,
  badChecksum: (text: string): string => `'${text}' is no checksum`,
  badChecksumHint: 'sha256: and 64 hex digits, or sha512: and 128',
  interrupted: (image: string): string => `interrupted: no image ${image} was kept`,
});
