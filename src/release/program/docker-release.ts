import type { Report } from '../../base/diagnostic.ts';
import { nearest } from '../../base/nearest.ts';
import { facts } from '../facts.ts';
import { type Availability, availability } from '../interval.ts';
import { malformedVersion, newerThanFacts, unknownVersion } from '../messages.ts';
import { atLeast, compareVersions, minorOf, parseVersion, withoutV } from '../version.ts';

/** The versions whose daemon/config was read, oldest first. */
function recorded(): { readonly oldest: string; readonly newest: string; readonly versions: readonly string[] } {
  const { versions } = facts('docker');
  const [oldest, newest] = [versions[0], versions.at(-1)];
  if (oldest === undefined || newest === undefined) throw new Error('facts/docker.json records no version');
  return { oldest, newest, versions };
}

/**
 * The recorded version that represents a version: the newest one that is not newer, provided that nothing changed
 * between them.
 */
function columnOf(version: string): string {
  const { oldest, newest, versions } = recorded();
  if (atLeast(version, facts('docker').like_newest_since)) return newest;
  return versions.slice(0, -1).findLast((one) => atLeast(version, one)) ?? oldest;
}

/** A key of daemon.json that the version does not accept; dockerd exits on it. */
export interface DaemonKeyProblem {
  readonly key: string;
  /** `unrecorded`: no facts on the key. The record is not complete, so this is a warning at most. */
  readonly problem: 'unrecorded' | 'removed' | 'not-yet';
  readonly since?: string;
  readonly until?: string;
  readonly nearest?: string;
}

/** Differences between docker versions (facts/docker.json). Made by `dockerRelease`. */
export class DockerRelease {
  readonly version: string;
  readonly #column: string;

  constructor(version: string) {
    this.version = version;
    this.#column = columnOf(version);
  }

  /** Whether a key of daemon.json is accepted, as far as the facts have it. */
  daemonKey(key: string): Availability {
    const keys = facts('docker')['daemon.json keys'];
    const known = Object.hasOwn(keys, key) ? (keys[key] ?? []) : [];
    const since = known[0];
    const until = known.at(-1);
    if (since === undefined || until === undefined) return { known: false };
    return availability(this.#column, [{ since, until }]);
  }

  /** The problems of a user's keys in daemon.json. */
  checkDaemonKeys(keys: readonly string[]): readonly DaemonKeyProblem[] {
    return keys.flatMap((key) => this.#problem(key) ?? []);
  }

  /** Whether it works on hosts with cgroup v2 (docker 20.10 release notes). */
  hasCgroupV2(): boolean {
    return atLeast(this.version, facts('docker').cgroup_v2_since);
  }

  #problem(key: string): DaemonKeyProblem | undefined {
    const { known: taken, since, until } = this.daemonKey(key);
    if (taken) return undefined;
    if (since === undefined || until === undefined) {
      const known = Object.keys(facts('docker')['daemon.json keys']).filter((name) => this.daemonKey(name).known);
      const candidate = nearest(key, known);
      return { key, problem: 'unrecorded', ...(candidate === undefined ? {} : { nearest: candidate }) };
    }
    return { key, problem: compareVersions(this.#column, since) < 0 ? 'not-yet' : 'removed', since, until };
  }
}

/**
 * Whether cri-dockerd reports the sandbox image as pinned, so that kubelet does not collect it: from 0.3.10 (its
 * release notes, pull request 194).
 */
export function criDockerdPinsSandbox(version: string): boolean {
  return atLeast(version, '0.3.10');
}

/** The questions for one version, `20.10.24`. */
export function dockerRelease(version: string): Report<DockerRelease> {
  const plain = withoutV(version);
  if (!parseVersion(plain)) return { diagnostics: [malformedVersion('docker', version, '20.10.24')] };
  const { oldest, newest } = recorded();
  if (!atLeast(plain, oldest)) return { diagnostics: [unknownVersion('docker', version, oldest, newest)] };
  const newer = compareVersions(minorOf(plain), newest) > 0;
  return { value: new DockerRelease(plain), diagnostics: newer ? [newerThanFacts('docker', version, newest)] : [] };
}
