import { Command, type HelpContext } from 'commander';
import type { Diagnostic } from '../base/diagnostic.ts';

/** Parts that commander's types do not declare: commander reports only the first unknown option. */
interface Undeclared {
  unknownOption(flag: string): void;
}

/** Mistakes caused by an unknown option: its value looks like an argument. */
const consequences: readonly string[] = ['commander.excessArguments', 'commander.missingArgument'];

/**
 * A command that collects usage mistakes instead of ending at the first one, so that all of them are reported together,
 * as diagnostics. All commands of a program share one list.
 */
export class KnodeCommand extends Command {
  readonly mistakes: Diagnostic[];

  constructor(name?: string, mistakes: Diagnostic[] = []) {
    super(name);
    this.mistakes = mistakes;
  }

  override createCommand(name?: string): KnodeCommand {
    return new KnodeCommand(name, this.mistakes);
  }

  /** Commander's checks continue after a mistake; the action checks the list before it runs. */
  override error(message: string, { code = 'commander.wrongUsage' }: { readonly code?: string } = {}): never {
    const follows = consequences.includes(code) && this.mistakes.some((one) => one.code === 'unknown-option');
    if (!follows) this.mistakes.push(diagnosticOf(message, code, pathOf(this)));
    return undefined as never;
  }

  /** Commander calls this for the first unknown option; the others are among the unparsed words. */
  unknownOption(flag: string): void {
    const { unknownOption: tell } = Command.prototype as unknown as Undeclared;
    const end = this.args.indexOf('--');
    const words = this.args.slice(this.args.indexOf(flag), end === -1 ? undefined : end);
    const unknown = words.filter((word) => /^-./.test(word)).map((word) => word.replace(/=.*/s, ''));
    for (const one of new Set(unknown)) tell.call(this, one);
  }

  /** Help in place of an error is shown only if there are no other mistakes. */
  override help(context?: HelpContext | ((text: string) => string)): never {
    if (typeof context === 'object' && context.error && this.mistakes.length > 0) return undefined as never;
    return super.help(context as HelpContext);
  }
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

/** Converts commander's message into a diagnostic: `commander.unknownOption` becomes `unknown-option`. */
function diagnosticOf(message: string, commanderCode: string, path: string): Diagnostic {
  const [, text = message, near] = /^(?:error: )?(.*?)\.?(?:\n\(Did you mean (.*)\?\))?$/s.exec(message) ?? [];
  const [, option] = /option '(?:-\w, )?(--?[^ '=]+)/.exec(text) ?? [];
  const code = commanderCode.replace('commander.', '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const hint = near === undefined ? `${path} --help shows how it is used` : `did you mean ${near}?`;
  return { severity: 'error', code, message: text, hint, ...(option !== undefined && { option }) };
}
