import type { Report } from '../../base/diagnostic.ts';
import { facts } from '../facts.ts';
import { type FlagAnswer, type FlagProblem, FlagTable } from '../flag-table.ts';
import { type Availability, availability, type Interval, parseIntervals } from '../interval.ts';
import { malformedVersion, newerThanFacts, unknownVersion } from '../messages.ts';
import { atLeast, clampVersion, compareVersions, minorOf, parseVersion, withoutV } from '../version.ts';

/** All releases in the facts. */
function everyTag(): Interval {
  const { v2, v3 } = facts('flannel').etcd_api;
  return { since: parseIntervals(v2)[0]?.since ?? '', until: parseIntervals(v3)[0]?.until ?? '' };
}

/** Differences between flannel versions (main.go, subnet/config.go of each tag). Made by `flannelRelease`. */
export class FlannelRelease {
  readonly version: string;
  /** The version used to query the facts: versions newer than the facts are treated like the newest one. */
  readonly #asked: string;
  readonly #flags: FlagTable;

  constructor(version: string) {
    this.version = version;
    const { since, until } = everyTag();
    this.#asked = clampVersion(version, since, until);
    const flags = Object.entries(facts('flannel').flags).map(([name, fact]) => {
      return [name, { intervals: parseIntervals(fact.tags) }] as const;
    });
    this.#flags = new FlagTable('flanneld', this.#asked, new Map(flags));
  }

  /** Go's flag package: names are taken literally, `log_backtrace_at` has underscores. */
  knownFlag(name: string): FlagAnswer {
    return this.#flags.known(name);
  }

  filterFlags<T>(flags: Readonly<Record<string, T>>): Record<string, T> {
    return this.#flags.filter(flags);
  }

  checkExtraArgs(names: readonly string[]): readonly FlagProblem[] {
    return this.#flags.check(names);
  }

  /** The etcd API of its etcd store: v2 to 0.17.0, v3 from 0.18.0. The configuration is written with the same one. */
  storeApi(): 'v2' | 'v3' {
    return atLeast(this.#asked, '0.18.0') ? 'v3' : 'v2';
  }

  /** Whether a backend type exists: `wireguard` from 0.16.0, those of clouds up to 0.19.2. */
  backend(type: string): Availability {
    return this.#lookUp(facts('flannel').backends, type);
  }

  backends(): readonly string[] {
    return Object.keys(facts('flannel').backends).filter((type) => this.backend(type).known);
  }

  /** Keys of `Backend` beside `Type`; undefined for backends that are not in the facts. */
  backendKeys(type: string): readonly string[] | undefined {
    const keys = facts('flannel').backend_keys;
    return Object.hasOwn(keys, type) ? keys[type] : undefined;
  }

  /** Whether a key of the network configuration exists: `EnableIPv6` from 0.15.0, `EnableNFTables` from 0.25.0. */
  configKey(key: string): Availability {
    return this.#lookUp(facts('flannel').config_json_keys, key);
  }

  /**
   * Whether the flannel CNI plugin is a separate download beside these CNI plugins: from 1.0.0 (CNI plugins release
   * notes).
   */
  static needsOwnCniPlugin(cniPlugins: string): boolean {
    return atLeast(withoutV(cniPlugins), '1.0.0');
  }

  #lookUp(ranges: Readonly<Record<string, string>>, name: string): Availability {
    const range = Object.hasOwn(ranges, name) ? ranges[name] : undefined;
    return range === undefined ? { known: false } : availability(this.#asked, parseIntervals(range));
  }
}

/** The questions for one version, `0.27.4`. Patch releases of the last minor in the facts count as known. */
export function flannelRelease(version: string): Report<FlannelRelease> {
  const plain = withoutV(version);
  if (!parseVersion(plain)) return { diagnostics: [malformedVersion('flannel', version, '0.27.4')] };
  const { since, until } = everyTag();
  if (compareVersions(plain, since) < 0) return { diagnostics: [unknownVersion('flannel', version, since, until)] };
  const newer = compareVersions(minorOf(plain), minorOf(until)) > 0;
  return { value: new FlannelRelease(plain), diagnostics: newer ? [newerThanFacts('flannel', version, until)] : [] };
}
