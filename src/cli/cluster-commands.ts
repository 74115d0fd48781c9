import { Argument, type Command } from 'commander';
import type { CommandIo } from '../commands/io.ts';
import { presets } from '../commands/presets.ts';
import { act, allowChange, dryRun, lock } from './action.ts';
import { choices } from './choices.ts';

export function initCommand(root: Command): void {
  const command = root
    .command('init')
    .argument('[name]', 'name of the cluster')
    .description('write a first cluster file')
    .option('--preset <preset>', choices(presets), 'modern')
    .addOption(dryRun());
  act(command, async () => (await import('../commands/init.ts')).init, ['name']);
}

export function validateCommand(root: Command): void {
  const command = root
    .command('validate')
    .description('check the cluster file and report all mistakes at once')
    .addOption(lock())
    .option('--strict', 'fail also if only entries of the artifact lock are missing, as render does')
    .addOption(allowChange());
  act(command, async () => (await import('../commands/validate.ts')).validate);
}

export function kubeconfigCommand(root: Command): void {
  const command = root
    .command('kubeconfig')
    .description('make a kubeconfig for a person, with a separate certificate')
    .option('--user <name>', 'name of the user', 'admin')
    .option('--group <name...>', 'Kubernetes groups of the user', ['system:masters'])
    .option('-o, --output <path>', 'write it to a file (0600) instead of stdout')
    .addOption(dryRun());
  act(command, async () => (await import('../commands/kubeconfig.ts')).kubeconfig);
}

export function tokenCommand(root: Command): void {
  const command = root
    .command('token')
    .description('print the bootstrap token as a Secret: knode token | kubectl apply -f -')
    .option('-o, --output <path>', 'write it to a file (0600) instead of stdout')
    .addOption(dryRun());
  act(command, async () => (await import('../commands/token.ts')).token);
}

export function schemaCommand(root: Command): void {
  act(
    root.command('schema').description('print the JSON Schema of the cluster file'),
    async () => (await import('../commands/schema.ts')).schema,
  );
}

export function completionCommand(root: Command): void {
  const command = root
    .command('completion')
    .description('print a script that completes commands, options and values in your shell')
    .addArgument(new Argument('<shell>', 'which shell').choices(['bash', 'zsh', 'fish']));
  const load = async () => {
    const { completion } = await import('./completion.ts');
    return (options: { shell: string; json?: boolean }, io: CommandIo) => completion({ ...options, root }, io);
  };
  act(command, load, ['shell']);
}
