import type { Report } from '../../base/diagnostic.ts';
import { facts } from '../facts.ts';
import { type FlagAnswer, type FlagProblem, FlagTable } from '../flag-table.ts';
import { malformedVersion, unknownVersion } from '../messages.ts';
import { etcdCipherSuites } from '../tls-suites.ts';
import { atLeast, compareVersions, minorOf, parseVersion, withoutV } from '../version.ts';

/** Differences between etcd versions. Made by `etcdRelease`. */
export class EtcdRelease {
  readonly version: string;
  readonly minor: string;
  readonly #flags: FlagTable;

  constructor(version: string) {
    this.version = version;
    this.minor = minorOf(version);
    // No flag of etcd was removed and added again: the first and the last minor define the range.
    const span = (minors: readonly string[]) => [{ since: minors[0] ?? '', until: minors.at(-1) ?? '' }];
    const flags = Object.entries(facts('etcd').flags).map(([name, { in: minors, deprecated }]) => {
      const intervals = span(minors);
      return [name, deprecated === undefined ? { intervals } : { intervals, deprecated: span(deprecated) }] as const;
    });
    this.#flags = new FlagTable('etcd', this.minor, new Map(flags));
  }

  /** Sources and --help of 3.3.25, 3.4.23, 3.5.16, 3.5.30 and 3.6.8. etcd does not accept `_` for `-`. */
  knownFlag(name: string): FlagAnswer {
    return this.#flags.known(name);
  }

  /** Drops flags that this version does not accept, and deprecated flags whose value is the default. */
  filterFlags<T>(flags: Readonly<Record<string, T>>): Record<string, T> {
    const { flags: known } = facts('etcd');
    const needless = ([name, value]: [string, T]) =>
      this.#flags.known(name).deprecated && known[name]?.default === value;
    return Object.fromEntries(Object.entries(this.#flags.filter(flags)).filter((flag) => !needless(flag)));
  }

  checkExtraArgs(names: readonly string[]): readonly FlagProblem[] {
    return this.#flags.check(names);
  }

  /** Whether the v2 API is available: up to 3.5 (etcd 3.6 changelog). */
  servesV2(): boolean {
    return !atLeast(this.minor, '3.6');
  }

  /** Whether the v2 API is off without --enable-v2: 3.4 and 3.5. In 3.3 it is on by default (etcd 3.4 changelog). */
  needsEnableV2(): boolean {
    return this.servesV2() && atLeast(this.minor, '3.4');
  }

  /** 3.5.0 to 3.5.2 can corrupt data (Kubernetes 1.22 changelog, etcd 3.5.3 release notes). */
  hasCorruptionBug(): boolean {
    return atLeast(this.version, '3.5.0-0') && !atLeast(this.version, '3.5.3');
  }

  /** Structured logs: --logger=zap, from 3.4, where capnslog is still the default. 3.3 has no such flag (sources). */
  loggerFlags(): Readonly<Record<string, string>> {
    return atLeast(this.minor, '3.4') ? { logger: 'zap' } : {};
  }

  /**
   * Flags that make a member compare its data with the others' before it serves: as in kubeadm, from 3.5 on, by a
   * feature gate from 3.6 on.
   */
  corruptionCheckFlags(): Readonly<Record<string, string | boolean>> {
    if (!atLeast(this.minor, '3.5')) return {};
    return atLeast(this.minor, '3.6')
      ? { 'feature-gates': 'InitialCorruptCheck=true' }
      : { 'experimental-initial-corrupt-check': true };
  }

  /**
   * Flags for progress notifications of watches every 5 s, which the API server's watch cache waits for: as in kubeadm,
   * from 3.5 on.
   */
  watchProgressFlags(): Readonly<Record<string, string>> {
    if (!atLeast(this.minor, '3.5')) return {};
    const name = 'watch-progress-notify-interval';
    return { [atLeast(this.minor, '3.6') ? name : `experimental-${name}`]: '5s' };
  }

  /** --cipher-suites, so that TLS 1.2 has no weak suites; empty if the version has no such flag. */
  cipherSuiteFlags(): Readonly<Record<string, string>> {
    const suites = etcdCipherSuites(this.version);
    return suites.length === 0 ? {} : { 'cipher-suites': suites.join(',') };
  }

  /** etcd refuses to start on arm64 without ETCD_UNSUPPORTED_ARCH=arm64: 3.3 and 3.4 (sources). */
  needsUnsupportedArch(arch: 'amd64' | 'arm64'): boolean {
    return arch === 'arm64' && !atLeast(this.minor, '3.5');
  }

  /**
   * Environment that makes etcdctl use an API: its default is v2 in 3.3 and v3 from 3.4; 3.6 has no v2 commands
   * (sources). Undefined if the API is not available.
   */
  etcdctlEnvironment(api: 'v2' | 'v3'): Readonly<Record<string, string>> | undefined {
    if (api === 'v2' && !this.servesV2()) return undefined;
    const byDefault = atLeast(this.minor, '3.4') ? 'v3' : 'v2';
    return api === byDefault ? {} : { ETCDCTL_API: api.slice(1) };
  }
}

/** The questions for one version, `3.6.8`. */
export function etcdRelease(version: string): Report<EtcdRelease> {
  const plain = withoutV(version);
  if (!parseVersion(plain)) return { diagnostics: [malformedVersion('etcd', version, '3.6.8')] };
  const minors = Object.keys(facts('etcd').versions).sort(compareVersions);
  if (!minors.includes(minorOf(plain))) {
    return { diagnostics: [unknownVersion('etcd', version, minors[0] ?? '', minors.at(-1) ?? '')] };
  }
  return { value: new EtcdRelease(plain), diagnostics: [] };
}
