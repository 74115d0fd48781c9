import { facts } from '../facts.ts';
import { atLeast, parseVersion } from '../version.ts';

/**
 * A CoreDNS by the tag of its image (`v1.8.6`, `1.6.7`). If the tag names no version, newer options are left out,
 * because CoreDNS exits on an unknown option.
 */
export class CoreDnsRelease {
  readonly #version: string | undefined;

  constructor(tag: string) {
    this.#version = /^v?\d+\.\d+\.\d+/.exec(tag)?.[0];
  }

  #has(option: string): boolean {
    const fact = facts('coredns').options[option];
    if (fact === undefined) throw new Error(`facts/coredns.json says nothing of ${option}`);
    const known = this.#version !== undefined && parseVersion(this.#version) !== undefined;
    return known ? atLeast(this.#version ?? '', fact.since) : atLeast(oldestPaired(), fact.since);
  }

  /** Whether `forward` can limit the number of concurrent queries. */
  limitsForwarding(): boolean {
    return this.#has('forward max_concurrent');
  }

  /** Whether there is an endpoint for the readiness of all plugins; older versions only have that of `health`. */
  hasReady(): boolean {
    return this.#has('ready');
  }

  /** Whether it exits if it would forward to itself. */
  detectsLoops(): boolean {
    return this.#has('loop');
  }

  /** Whether it reloads a changed Corefile without a restart. */
  reloads(): boolean {
    return this.#has('reload');
  }
}

/** The default CoreDNS of the oldest Kubernetes in the facts. */
function oldestPaired(): string {
  const versions = Object.values(facts('kubernetes-minors').minors).map(({ coredns }) => coredns);
  return versions.reduce((oldest, one) => (atLeast(one, oldest) ? oldest : one));
}
