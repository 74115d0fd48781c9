import { facts } from '../facts.ts';
import { atLeast, parseVersion } from '../version.ts';

/**
 * A CoreDNS by the tag of its image (`v1.8.6`, `1.6.7`). A tag that names no version may be any: options that came late are
 * left out then, because CoreDNS ends at an option that it does not know.
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

  /** `forward` bounds how many questions wait for an answer at a time. */
  limitsForwarding(): boolean {
    return this.#has('forward max_concurrent');
  }

  /** Has a server that says when all plugins are ready; before it, only that of `health`. */
  hasReady(): boolean {
    return this.#has('ready');
  }

  /** Ends when it would ask itself. */
  detectsLoops(): boolean {
    return this.#has('loop');
  }

  /** Takes a changed Corefile without a restart. */
  reloads(): boolean {
    return this.#has('reload');
  }
}

/** The CoreDNS that goes with the oldest Kubernetes there are facts for. */
function oldestPaired(): string {
  const versions = Object.values(facts('kubernetes-minors').minors).map(({ coredns }) => coredns);
  return versions.reduce((oldest, one) => (atLeast(one, oldest) ? oldest : one));
}
