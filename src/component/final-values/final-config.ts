import type { DataPath } from '../../base/diagnostic.ts';
import { atKey, error, type Finding } from '../../model/rules/rule.ts';
import { type ConfigKind, knownField } from '../../release/config-fields.ts';
import { effectiveValue, valueFact } from '../../release/relations/field-values.ts';
import type { FinalValues, Refusal } from '../../release/relations/relation.ts';
import type { ExtraArgs } from '../build/arguments.ts';
import { flagValue } from './flag-value.ts';
import { refused } from './messages.ts';

type Plain = Readonly<Record<string, unknown>>;

/** Origins of the values of one program's configuration. */
export interface ConfigSources {
  readonly kind: ConfigKind;
  readonly minor: string;
  /** The program's name and version, for messages. */
  readonly program: string;
  /** The content of the file: the user's fields merged over knode's. */
  readonly config: Plain;
  readonly extraConfig: Plain;
  /** Flags override the file if the program has a flag for the field. */
  readonly extraArgs: ExtraArgs;
  /** The program's section of the cluster file. */
  readonly section: DataPath;
  /** The settings of the section, and their defaults. */
  readonly settings: Plain;
  readonly defaults: Plain;
}

function walk(config: Plain, field: string): unknown {
  return field.split('.').reduce<unknown>((at, key) => {
    return typeof at === 'object' && at !== null && Object.hasOwn(at, key) ? (at as Plain)[key] : undefined;
  }, config);
}

/**
 * How explicitly the user set a field: by its flag, by the field itself, by a setting that differs from its default.
 */
const sure = { flag: 3, field: 2, setting: 1, none: 0 } as const;

/** The final values of a program, and the place of each in the cluster file. */
export class FinalConfig implements FinalValues {
  readonly minor: string;
  readonly #sources: ConfigSources;
  readonly #flags: ReadonlyMap<string, string>;

  constructor(sources: ConfigSources) {
    this.minor = sources.minor;
    this.#sources = sources;
    this.#flags = new Map(Object.keys(sources.extraArgs).map((name) => [name.replaceAll('_', '-'), name]));
  }

  value(field: string): unknown {
    const { kind, config, extraArgs } = this.#sources;
    const written = walk(config, field);
    const flag = this.#flag(field);
    const type = knownField(kind, this.minor, field).type ?? 'string';
    const final = flag === undefined ? written : flagValue(type, extraArgs[flag], written);
    return effectiveValue(kind, field, final);
  }

  /** The refusals as findings, each at the field that the user set. */
  findings(refusals: readonly Refusal[]): readonly Finding[] {
    return refusals
      .filter((one) => !this.#toldOfFlag(one))
      .map((one) => {
        const finding = error(this.#place(one), refused(this.#sources.program, one));
        return one.wrong === 'key' ? atKey(finding) : finding;
      });
  }

  /** The check of flags already reports a flag's own value. */
  #toldOfFlag({ code, fields }: Refusal): boolean {
    return code.startsWith('value-') && fields.length === 1 && this.#flag(fields[0] ?? '') !== undefined;
  }

  /** The flag as the user wrote it, `_` for `-` included. */
  #flag(field: string): string | undefined {
    const { flag } = valueFact(this.#sources.kind, field);
    return flag === undefined ? undefined : this.#flags.get(flag);
  }

  #rank(field: string): number {
    const { extraConfig, settings, defaults } = this.#sources;
    if (this.#flag(field) !== undefined) return sure.flag;
    if (walk(extraConfig, field) !== undefined) return sure.field;
    const [own, usual] = [walk(settings, field), walk(defaults, field)];
    return own !== undefined && JSON.stringify(own) !== JSON.stringify(usual) ? sure.setting : sure.none;
  }

  #place({ fields, key }: Refusal): DataPath {
    const { section, settings } = this.#sources;
    const ranks = fields.map((field) => this.#rank(field));
    const highest = Math.max(...ranks);
    const field = fields[ranks.indexOf(highest)] ?? '';
    const inside = key === undefined || field !== fields[0] ? [] : [key];
    if (highest === sure.flag) return [...section, 'extraArgs', this.#flag(field) ?? field];
    if (highest === sure.field) return [...section, 'extraConfig', ...field.split('.'), ...inside];
    return walk(settings, field) === undefined ? section : [...section, ...field.split('.'), ...inside];
  }
}
