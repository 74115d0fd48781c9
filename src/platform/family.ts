import type { Arch } from './arch.ts';
import type { ImageSource } from './builder.ts';

/** A release of a distribution that golden images are made from. */
export interface System {
  /** Its name for `--os`, and in the image's name: its name in facts/os-releases.json. */
  readonly name: string;
  /** The user that the distribution's cloud images let in by SSH. */
  readonly user: string;
  /** The distribution's own images, by name of the cloud. Absent if an image there needs a contract first. */
  readonly images: Readonly<Record<string, ImageSource>>;
  /** The distribution's cloud image as a file, for messages. */
  readonly cloudImage: (arch: Arch) => string;
}

/** What a component needs a package for. */
export type PackagePurpose =
  | 'conntrack'
  | 'curl'
  | 'ebtables'
  | 'ethtool'
  | 'ext4'
  | 'ipset'
  | 'iptables'
  | 'ipvsadm'
  | 'nftables'
  | 'nginx'
  | 'openssl'
  | 'socat'
  | 'xfs';

/** What knode knows of an OS family: distributions that share package names and paths. */
export interface Family {
  /** As `os.family` takes it. */
  readonly name: string;
  /** Its best known distribution, for messages. */
  readonly title: string;
  /** Its distributions in words, for the description of `os.family`. */
  readonly distributions: string;
  /** The part of the node's packages script that knows its package manager (templates/cloud-init/usr/local/lib/knode/packages). */
  readonly packagesSection: string;
  readonly packages: Readonly<Record<PackagePurpose, readonly string[]>>;
  /** Files that load nginx's dynamic modules, the stream module among them. */
  readonly nginxModules: string;
  /** The file that names the locales to generate; undefined if locales need no generating. */
  readonly localeList?: string;
  /** Services of its images that disturb a node. */
  readonly disturbingServices: readonly string[];
  /** NetworkManager runs its network: it is kept from the pods' devices. */
  readonly networkManager: boolean;
  /** SELinux confines its nginx. */
  readonly confinesNginx: boolean;
  /** cloud-init finds an interface for a static network by a pattern of names. */
  readonly matchesInterfaces: boolean;
  /** The first of them is what `--os` means if nothing says otherwise. */
  readonly systems: readonly [System, ...System[]];
}
