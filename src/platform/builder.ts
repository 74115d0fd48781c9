import type { Arch } from './arch.ts';

/** Variables of a builder's HCL file. */
export type PackerVariables = Readonly<Record<string, unknown>>;

/** Where a distribution's own image for one cloud is, as variables of that cloud's builder. */
export type ImageSource = (arch: Arch) => PackerVariables;

/** What the variables of a builder are made from. */
export interface Bake {
  readonly arch: Arch;
  /** The user that the distribution's cloud images let in by SSH. */
  readonly user: string;
  /** The distribution's own image; undefined if it has none there. */
  readonly image?: PackerVariables;
  /** What the image is made from instead, in the builder's own terms (`--base`). */
  readonly base?: string;
  /** `sha256:…` or `sha512:…`, if the base is a file. */
  readonly checksum?: string;
}

/** How Packer makes an image. Its HCL files are `packer/builders/<packer>.pkr.hcl` and `packer/plugins/<packer>.pkr.hcl`. */
export interface Builder {
  /** Packer's own name of the builder: the first label of its source in HCL. */
  readonly packer: string;
  /** What `--base` is for it: a file (with `--checksum`), the name of an image or template, or optional; `none`: it takes none. */
  readonly base: 'file' | 'name' | 'optional' | 'none';
  /** What `--base` names, in words. */
  readonly baseWords?: string;
  /** It begins with the distribution's own image unless there is a base. */
  readonly findsImage?: true;
  /** Its machine gets an SSH key of knode's by a NoCloud seed. */
  readonly seed?: true;
  /** Packer has it inside and needs no plugin for it. */
  readonly builtIn?: true;
  /** A few words for help, if the name does not say enough. */
  readonly about?: string;
  readonly variables: (bake: Bake) => PackerVariables;
}

/** Variables of a builder that copies an image or a template of this name. */
export const copies =
  (variable: string) =>
  ({ user, base }: Bake): PackerVariables => ({ [variable]: base, ssh_username: user });
