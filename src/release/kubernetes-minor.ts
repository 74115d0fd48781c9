import { type ConfigKind, checkConfigFields, type FieldProblem, filterConfigFields } from './config-fields.ts';
import type { FlagProblem } from './flag-table.ts';
import { checkExtraArgs, filterFlags, type KubernetesProgram } from './flags.ts';
import { atLeast, minorOf } from './version.ts';

/** A Kubernetes version as seen by its minor. The questions stand in the classes that extend it. */
export class KubernetesMinor {
  /** `1.36.2`, without a leading v. */
  readonly version: string;
  /** `1.36`. */
  readonly minor: string;

  constructor(version: string) {
    this.version = version;
    this.minor = minorOf(version);
  }

  /** Drops the flags that this minor does not know. */
  filterFlags<T>(program: KubernetesProgram, flags: Readonly<Record<string, T>>): Record<string, T> {
    return filterFlags(program, this.minor, flags);
  }

  /** What this minor would refuse of the flags a user named. */
  checkExtraArgs(program: KubernetesProgram, names: readonly string[]): readonly FlagProblem[] {
    return checkExtraArgs(program, this.minor, names);
  }

  /** Drops the fields of a configuration file that this minor does not know. */
  filterConfigFields(kind: ConfigKind, config: Readonly<Record<string, unknown>>): Record<string, unknown> {
    return filterConfigFields(kind, this.minor, config);
  }

  /** What this minor would ignore or refuse in a configuration file. */
  checkConfigFields(kind: ConfigKind, config: Readonly<Record<string, unknown>>): readonly FieldProblem[] {
    return checkConfigFields(kind, this.minor, config);
  }

  protected since(minor: string): boolean {
    return atLeast(this.minor, minor);
  }

  /** Up to the minor before this one. */
  protected before(minor: string): boolean {
    return !this.since(minor);
  }
}
