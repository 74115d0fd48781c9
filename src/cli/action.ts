import { type Command, Option } from 'commander';
import type { GlobalOptions } from '../commands/io.ts';
import { run } from './run.ts';
import type { KnodeCommand } from './usage.ts';

/** Loads a command's module only when the command runs: `--help` needs neither zod nor node-forge. */
type Load = () => Promise<(options: never, io: never) => unknown>;

/** Runs a command's module with its options; its arguments become options of these names. */
export function act(command: Command, load: Load, argumentNames: readonly string[] = []): void {
  command.exitOverride().action(async (...args: unknown[]) => {
    // They are reported after parsing.
    if ((command as KnodeCommand).mistakes.length > 0) return;
    const named = Object.fromEntries(argumentNames.map((name, index) => [name, args[index]]));
    const options = { ...command.optsWithGlobals<GlobalOptions>(), ...named };
    await run(load, options);
  });
}

export const dryRun = (): Option => new Option('--dry-run', 'show what would be done, write nothing');
export const lock = (): Option =>
  new Option('--lock <path>', 'the artifact lock (default: knode.lock.yaml beside the cluster file)');
/** Repeatable, or with commas. */
export const allowChange = (): Option =>
  new Option(
    '--allow-change <setting>',
    'change this setting although the cluster uses another value (docs/memory.md)',
  ).argParser((setting: string, before: readonly string[] = []) => [...before, setting]);
