import type { Arch } from './arch.ts';
import type { ImageSource } from './builder.ts';

/** A release of a distribution that golden images are made from. */
export interface System {
  /** As `--os` takes it, and as it stands in the image's name: its name in facts/os-releases.json. */
  readonly name: string;
  /** The user that the distribution's cloud images let in by SSH. */
  readonly user: string;
  /** The distribution's own images, by name of the cloud. Absent if an image there needs a contract first. */
  readonly images: Readonly<Record<string, ImageSource>>;
  /** The distribution's cloud image as a file, to tell people of. */
  readonly cloudImage: (arch: Arch) => string;
}

/** What knode knows of an OS family: distributions that share package names and paths. */
export interface Family {
  /** As `os.family` takes it. */
  readonly name: string;
  /** The first of them is what `--os` means if nothing says otherwise. */
  readonly systems: readonly [System, ...System[]];
}
