import { presets } from '../commands/presets.ts';
import { formats } from '../delivery/format.ts';
import { layerChoices } from '../image/layers.ts';
import { roleWords } from '../model/roles.ts';
import { archs } from '../platform/arch.ts';
import { builders } from '../platform/builders.ts';
import { clouds } from '../platform/clouds.ts';
import { systems } from '../platform/systems.ts';
import { allowableChanges } from '../record/recall.ts';

interface TreeOption {
  readonly short?: string | undefined;
  readonly long?: string | undefined;
  readonly flags: string;
  readonly description: string;
  readonly required: boolean;
  readonly optional: boolean;
  readonly argChoices?: readonly string[] | undefined;
}

/** The part of commander's tree that completion reads; only cli.ts and cli/ import commander. */
export interface CommandTree {
  name(): string;
  description(): string;
  readonly commands: readonly CommandTree[];
  readonly options: readonly TreeOption[];
  readonly registeredArguments: readonly { readonly argChoices?: readonly string[] | undefined }[];
}

/** Every command has it, but it is not in the tree. */
const help: CompletableOption = {
  names: ['-h', '--help'],
  about: 'display help for command',
  takesValue: false,
  values: [],
  path: false,
};

/** A command in the form that shells complete. */
export interface Completable {
  /** `knode pki list`, without the first word: `pki list`; empty for knode itself. */
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly about: string }[];
  readonly options: readonly CompletableOption[];
  /** Valid words for its arguments. */
  readonly words: readonly string[];
}

export interface CompletableOption {
  readonly names: readonly string[];
  readonly about: string;
  readonly takesValue: boolean;
  readonly values: readonly string[];
  /** Whether the value is a file or a folder. */
  readonly path: boolean;
}

/** Values of options that commands check themselves. */
const valuesOf: Readonly<Record<string, readonly string[]>> = {
  '--role': roleWords,
  '--format': formats.map((one) => one.name),
  '--platform': clouds.map((one) => one.name),
  '--builder': builders.map((one) => one.name),
  '--os': systems.map((one) => one.name),
  '--preset': presets,
  '--allow-change': allowableChanges,
  '--arch': archs,
  '--layers': layerChoices,
};

function completableOption(option: TreeOption): CompletableOption {
  return {
    names: [option.short, option.long].filter((name) => name !== undefined),
    about: option.description,
    takesValue: option.required || option.optional,
    values: option.argChoices ?? valuesOf[option.long ?? ''] ?? [],
    path: /<(path|dir|file)>/.test(option.flags),
  };
}

/** Every command of the tree. Options of knode itself apply to all of them. */
export function completables(
  command: CommandTree,
  path: readonly string[] = [],
  inherited: readonly TreeOption[] = [],
): Completable[] {
  const below = command.commands.flatMap((one) =>
    completables(one, [...path, one.name()], path.length === 0 ? command.options : inherited),
  );
  const own: Completable = {
    path: path.join(' '),
    commands: command.commands.map((one) => ({ name: one.name(), about: one.description() })),
    options: [...[...command.options, ...inherited].map(completableOption), help],
    words: command.registeredArguments.flatMap((argument) => argument.argChoices ?? []),
  };
  return [own, ...below];
}

/** All options with a value, of every command: they and their value are skipped while the command is searched. */
export function valueNames(tree: readonly Completable[]): readonly string[] {
  const options = tree.flatMap((one) => one.options).filter((option) => option.takesValue);
  return [...new Set(options.flatMap((option) => option.names))];
}
