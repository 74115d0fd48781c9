import { nearest } from '../base/nearest.ts';
import { type Availability, availability, contains, type Interval } from './interval.ts';
import { compareVersions } from './version.ts';

/** One flag of a program: the versions that accept it, and those that deprecate it. */
export interface FlagFact {
  readonly intervals: readonly Interval[];
  readonly deprecated?: readonly Interval[];
}

export interface FlagAnswer extends Availability {
  /** Accepted, with a warning in the program's log. */
  readonly deprecated: boolean;
}

/** A flag that the chosen version does not accept. */
export interface FlagProblem {
  /** As the user wrote it. */
  readonly flag: string;
  readonly problem: 'unknown' | 'removed' | 'not-yet';
  /** First and last version that accept it; undefined if none does. */
  readonly since?: string;
  readonly until?: string;
  /** A flag of the chosen version with a similar name; with `unknown` only. */
  readonly nearest?: string;
}

/** The flags of one program in one version. Names are given without leading hyphens. */
export class FlagTable {
  readonly #program: string;
  readonly #version: string;
  readonly #flag: (name: string) => FlagFact | undefined;
  readonly #names: readonly string[];
  readonly #normalize: (name: string) => string;

  constructor(
    program: string,
    version: string,
    flags: ReadonlyMap<string, FlagFact>,
    normalize: (name: string) => string = (name) => name,
  ) {
    this.#program = program;
    this.#version = version;
    this.#flag = (name) => flags.get(normalize(name));
    this.#names = [...flags.keys()];
    this.#normalize = normalize;
  }

  known(name: string): FlagAnswer {
    const fact = this.#flag(name);
    if (!fact) return { known: false, deprecated: false };
    const answer = availability(this.#version, fact.intervals);
    const deprecated = fact.deprecated?.some((interval) => contains(interval, this.#version)) ?? false;
    return { ...answer, deprecated: answer.known && deprecated };
  }

  /** Drops flags that this version does not accept. A flag that no version accepts is a bug of the caller. */
  filter<T>(flags: Readonly<Record<string, T>>): Record<string, T> {
    const strange = Object.keys(flags).filter((name) => !this.#flag(name));
    if (strange.length > 0) throw new Error(`no version of ${this.#program} has the flag --${strange.join(', --')}`);
    return Object.fromEntries(Object.entries(flags).filter(([name]) => this.known(name).known));
  }

  /** The problems of flags that a user set. */
  check(names: readonly string[]): readonly FlagProblem[] {
    return names.flatMap((name) => this.#problem(name) ?? []);
  }

  #problem(flag: string): FlagProblem | undefined {
    const { known, since, until } = this.known(flag);
    if (known) return undefined;
    if (since === undefined || until === undefined) {
      const candidate = nearest(this.#normalize(flag), this.#accepted());
      return { flag, problem: 'unknown', ...(candidate === undefined ? {} : { nearest: candidate }) };
    }
    return { flag, problem: compareVersions(this.#version, since) < 0 ? 'not-yet' : 'removed', since, until };
  }

  #accepted(): readonly string[] {
    return this.#names.filter((name) => this.known(name).known);
  }
}
