import type { Role } from '../model/cluster.ts';
import { wordOfRole } from '../model/schema/nodes.ts';

/** Messages of this room's diagnostics. */
export const messages = {
  notJson: (file: string): string => `${file} is not JSON`,
  notAManifest: (file: string, where: string, why: string): string =>
    `${file} is not the manifest of an image${where === '' ? '' : `: '${where}'`}: ${why}`,
  manifestHint: 'give the IMAGE-NAME.json that the bake wrote (on a machine of the image it is /etc/knode/image.json)',

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
    `the lock has other checksums than the image ${image}, so nodes will download these anew: ${names.join(', ')}`,
  differsHint: 'bake an image of this lock',
  lacksPackages: (image: string, node: string, names: readonly string[]): string =>
    `the image ${image} lacks packages that ${node} needs, which it will install: ${names.join(', ')}`,
  more: (image: string, paths: readonly string[]): string =>
    `the image ${image} has files of knode that the node would not have without it: ${paths.join(', ')}`,
  moreHint: 'an older knode or another cluster file made it: bake it anew, or make sure that they do no harm',

  unknownBuilder: (name: string): string => `there is no builder '${name}'`,
  unknownSystem: (name: string): string => `there is no system '${name}'`,
  systemOfFamily: (name: string, family: string): string =>
    `${name} is not of the family that the cluster file says (os.family: ${family})`,
  otherRelease: (release: string, system: string): string =>
    `the cluster file says os.release: ${release}, the image is to be ${system}`,
  otherReleaseHint: (release: string): string => `build the image with --os ${release}, or change os.release`,
  knownOf: (what: string, names: readonly string[], near?: string): string =>
    `${near === undefined ? '' : `did you mean '${near}'? `}${what}: ${names.join(', ')}`,
  notOnPlatform: (system: string, builder: string): string => `${builder} has no free images of ${system}`,
  noBase: (builder: string): string => `${builder} needs to know what to begin with`,
  noBaseHint: (words: string, example: string): string => `give --base: ${words}${example}`,
  baseUnused: (builder: string): string => `${builder} takes no --base`,
  noChecksum: 'a base image is not taken without its checksum',
  noChecksumHint: 'give --checksum sha256:HEX or sha512:HEX, from a place that you trust',
  checksumUnused: (builder: string): string => `${builder} takes no --checksum: its base is no file`,
  badChecksum: (text: string): string => `'${text}' is no checksum`,
  badChecksumHint: 'sha256: and 64 hex digits, or sha512: and 128',
  baseMissing: (file: string): string => `there is no base image ${file}`,
  baseMissingHint: 'check the path; a relative one is taken from the current folder',
  otherChecksum: (file: string, got: string, wanted: string): string =>
    `the base image ${file} is ${got}, not ${wanted}`,
  otherChecksumHint: 'download it again, and compare with what its publisher says',
  noNodes: 'which nodes is the image for?',
  noNodesHint: 'give --role or --pool, or --all-roles for one image that serves them all',
  severalArchs: (archs: readonly string[]): string => `these nodes are ${archs.join(' and ')}`,
  severalArchsHint: 'an image is for one of them: give --arch',
  noNodeOfArch: (arch: string): string => `none of these nodes is ${arch}`,
  badLayers: (text: string): string => `'${text}' are no layers of an image`,
  badLayersHint: 'image, or image,cluster; what belongs to one node is never in an image',
  noPacker: 'there is no packer in PATH',
  noPackerHint:
    'install it (Debian: apt install packer), or take the folder of knode image template to a machine that has it',
  bakeFailed: (step: string): string => `packer ${step} failed; no image was kept`,
  bakeFailedHint: 'what went wrong stands above, in the lines of Packer; knode: no image: … says it in short',
  interrupted: (image: string): string => `interrupted: no image ${image} was kept`,
  imageThere: (image: string, path: string): string => `${image} was made already: ${path}`,
  imageThereHint:
    'the same inputs make the same image; to have newer packages in it, take the old one away or give another -o',
  badPacker: (text: string): string => `'${text}' is no version of Packer`,
  badPackerHint: 'for example 1.6 or 1.11',
} as const;
