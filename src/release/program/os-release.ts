import type { OsReleaseFact } from '../fact-files.ts';
import { facts } from '../facts.ts';
import { atLeast } from '../version.ts';

/** Valid values of `os.release`: `debian-12`, `rocky-9`. */
export function osReleaseNames(): readonly string[] {
  return Object.keys(facts('os-releases').releases);
}

/** The facts on a release; undefined for an unknown name. */
export function osRelease(name: string): OsReleaseFact | undefined {
  const { releases } = facts('os-releases');
  return Object.hasOwn(releases, name) ? releases[name] : undefined;
}

/**
 * containerd's release archives are linked with Ubuntu 22.04's glibc and need its symbols of 2.34 (release notes,
 * "Which file should I download?"; containerd#7255, kubekey#3244). Older systems need the static archive.
 */
const glibcOfContainerd = '2.34';
/** The first minor whose patch releases are built on Ubuntu 22.04. Archives of older minors run on glibc 2.17 (containerd#8021). */
const firstContainerdWithNewGlibc = '1.7';

/** The oldest glibc on which containerd's usual archive starts; undefined if there is no limit. */
export function glibcForContainerd(containerd: string): string | undefined {
  return atLeast(containerd, firstContainerdWithNewGlibc) ? glibcOfContainerd : undefined;
}

/** Whether containerd's usual archive cannot start on the release. */
export function needsStaticContainerd(os: string | undefined, containerd: string): boolean {
  const glibc = os === undefined ? undefined : osRelease(os)?.glibc;
  const needed = glibcForContainerd(containerd);
  return glibc !== undefined && needed !== undefined && !atLeast(glibc, needed);
}

/** Whether the release's own kernel is older than `kernel`; false if the release is not set. */
export function osKernelIsOlder(os: string | undefined, kernel: string): boolean {
  const own = os === undefined ? undefined : osRelease(os)?.kernel;
  return own !== undefined && !atLeast(own, kernel);
}
