import { type ConfigKind, checkConfigFields, type FieldProblem, filterConfigFields } from './config-fields.ts';
import type { FlagProblem } from './flag-table.ts';
import { checkExtraArgs, filterFlags, type KubernetesProgram } from './flags.ts';
import { atLeast, minorOf } from './version.ts';

/** A Kubernetes version, judged by its minor. The subclasses add the questions. */
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

  /** The flags of a user that this minor would refuse. */
  checkExtraArgs(program: KubernetesProgram, names: readonly string[]): readonly FlagProblem[] {
    return checkExtraArgs(program, this.minor, names);
  }

  /** Drops the fields of a configuration file that this minor does not know. */
  filterConfigFields(kind: ConfigKind, config: Readonly<Record<string, unknown>>): Record<string, unknown> {
    return filterConfigFields(kind, this.minor, config);
  }

  /** The fields of a configuration file that this minor would ignore or refuse. */
  checkConfigFields(kind: ConfigKind, config: Readonly<Record<string, unknown>>): readonly FieldProblem[] {
    return checkConfigFields(kind, this.minor, config);
  }

  protected since(minor: string): boolean {
    return atLeast(this.minor, minor);
  }

  /** Whether this minor is older than the given one. */
  protected before(minor: string): boolean {
    return !this.since(minor);
  }
}
