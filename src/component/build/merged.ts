import type { PackagePurpose } from '../../platform/family.ts';
import type { ArtifactNeed } from '../artifact.ts';
import type { Contribution } from '../contract.ts';
import type { CertificateRequest, PassportRequest, SecretRequest } from '../requests.ts';

/** The requests of all components of a node, before they become files. */
export interface Merged {
  readonly certificates: readonly CertificateRequest[];
  readonly passports: readonly PassportRequest[];
  readonly secrets: readonly SecretRequest[];
  readonly artifacts: readonly ArtifactNeed[];
  readonly packages: readonly PackagePurpose[];
  readonly environment: Readonly<Record<string, string>>;
  readonly kernelModules: readonly string[];
  readonly sysctls: Readonly<Record<string, string | number>>;
  /** Units that knode.target wants, in the order of the components. */
  readonly startedUnits: readonly string[];
}

/** Merges contributions. Equal requests become one; different values for one name are a bug in knode. */
export function mergeContributions(contributions: readonly Contribution[]): Merged {
  // Computed lazily: a collector reads one or two of them.
  return {
    get certificates() {
      return contributions.flatMap((c) => c.certificates ?? []);
    },
    get passports() {
      return contributions.flatMap((c) => c.passports ?? []);
    },
    get secrets() {
      return unique(
        contributions.flatMap((c) => c.secrets ?? []),
        (secret) => secret.name,
      );
    },
    get artifacts() {
      return unique(
        contributions.flatMap((c) => c.artifacts ?? []),
        (need) => need.name,
      );
    },
    get packages() {
      return [...new Set(contributions.flatMap((c) => c.packages ?? []))].sort();
    },
    get environment() {
      return mergeRecords(contributions.map((c) => c.environment ?? {}));
    },
    get kernelModules() {
      return [...new Set(contributions.flatMap((c) => c.kernelModules ?? []))].sort();
    },
    get sysctls() {
      return mergeRecords(contributions.map((c) => c.sysctls ?? {}));
    },
    get startedUnits() {
      return contributions
        .flatMap((c) => c.units ?? [])
        .filter((unit) => unit.start)
        .map((unit) => unit.name);
    },
  };
}

function unique<T>(items: readonly T[], key: (item: T) => string): readonly T[] {
  const seen = new Map<string, T>();
  for (const item of items) {
    const earlier = seen.get(key(item));
    if (earlier === undefined) seen.set(key(item), item);
    else if (JSON.stringify(earlier) !== JSON.stringify(item))
      throw new Error(`two components disagree about ${key(item)}`);
  }
  return [...seen.values()].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

function mergeRecords<T>(records: readonly Readonly<Record<string, T>>[]): Readonly<Record<string, T>> {
  const result: Record<string, T> = {};
  for (const [key, value] of records.flatMap((record) => Object.entries(record))) {
    if (key in result && result[key] !== value) throw new Error(`two components disagree about ${key}`);
    result[key] = value;
  }
  return Object.fromEntries(Object.entries(result).sort(([a], [b]) => (a < b ? -1 : 1)));
}
