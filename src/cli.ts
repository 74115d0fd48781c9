#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';
import { packagePath } from './base/package-root.ts';
import type { GlobalOptions } from './commands/io.ts';
import { exitCodes, run } from './commands/run.ts';

/** A command's module is loaded only when the command runs: `--help` needs neither zod nor node-forge. */
type Load = () => Promise<(options: never, io: never) => unknown>;

function program(): Command {
  const root = new Command('knode')
    .description('One declarative cluster file in, everything a blank machine needs to become a Kubernetes node out.')
    .version(version(), '-V, --version')
    .option('-f, --file <path>', 'the cluster file', 'cluster.yaml')
    .option('--state <dir>', 'where keys and tokens are kept (default: .knode beside the cluster file)')
    .option('--json', 'data as one JSON document on stdout')
    .option('--no-color', 'no colours (NO_COLOR does the same)')
    .showHelpAfterError('(knode --help lists the commands)')
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 your mistake, 2 wrong usage, 3 a bug or a failure of the environment.',
    )
    .exitOverride();
  for (const add of [
    initCommand,
    validateCommand,
    renderCommand,
    explainCommand,
    pkiCommand,
    kubeconfigCommand,
    tokenCommand,
    schemaCommand,
  ])
    add(root);
  return root;
}

function version(): string {
  const manifest = JSON.parse(readFileSync(packagePath('package.json'), 'utf8')) as { version: string };
  return manifest.version;
}

function act(command: Command, load: Load, argumentNames: readonly string[] = []): void {
  command.exitOverride().action(async (...args: unknown[]) => {
    const named = Object.fromEntries(argumentNames.map((name, index) => [name, args[index]]));
    const options = { ...command.optsWithGlobals<GlobalOptions>(), ...named };
    await run(load, options);
  });
}

const dryRun = (): Option => new Option('--dry-run', 'show what would be done, write nothing');
const lock = (): Option =>
  new Option('--lock <path>', 'the artifact lock (default: knode.lock.yaml beside the cluster file)');

function nodeOptions(command: Command): Command {
  return command
    .option('--role <role>', 'master, worker, etcd or balancer')
    .option('--index <n>', 'which node of the role, from 0')
    .option('--node <name>', 'the node of this name')
    .option('--all', 'every node of the cluster')
    .addOption(lock())
    .option(
      '--unlocked',
      'render artifacts that the lock lacks too; the node checks them against upstream’s checksum files',
    );
}

function initCommand(root: Command): void {
  const command = root
    .command('init')
    .argument('[name]', 'name of the cluster')
    .description('write a cluster file to begin with')
    .addOption(dryRun());
  act(command, async () => (await import('./commands/init.ts')).init, ['name']);
}

function validateCommand(root: Command): void {
  const command = root
    .command('validate')
    .description('check the cluster file: every mistake at once')
    .addOption(lock());
  act(command, async () => (await import('./commands/validate.ts')).validate);
}

function renderCommand(root: Command): void {
  const command = nodeOptions(root.command('render'))
    .description('user-data of a node, on stdout')
    .option('-o, --output <dir>', 'a NoCloud seed a node: DIR/NODE/{user-data,meta-data,network-config}')
    .option('--files <dir>', "the node's files as a tree, to look at")
    .addOption(dryRun())
    .addHelpText('after', '\nExamples:\n  knode render --role master --index 0\n  knode render --all -o out/');
  act(command, async () => (await import('./commands/render.ts')).render);
}

function explainCommand(root: Command): void {
  const command = nodeOptions(root.command('explain')).description('what lands on a node, and in which order it boots');
  act(command, async () => (await import('./commands/explain.ts')).explain);
}

function pkiCommand(root: Command): void {
  const pki = root.command('pki').description('the certificates of the cluster');
  const list = pki.command('list').description('every certificate: subject, SANs, issuer, expiry, which node holds it');
  act(list, async () => (await import('./commands/pki-list.ts')).pkiList);
}

function kubeconfigCommand(root: Command): void {
  const command = root
    .command('kubeconfig')
    .description('a kubeconfig for people, with a certificate of its own')
    .option('--user <name>', 'who it is for', 'admin')
    .option('--group <name...>', 'Kubernetes groups of the user', ['system:masters'])
    .option('-o, --output <path>', 'write it to a file (0600) instead of stdout')
    .addOption(dryRun());
  act(command, async () => (await import('./commands/kubeconfig.ts')).kubeconfig);
}

function tokenCommand(root: Command): void {
  const command = root
    .command('token')
    .description('the bootstrap token as a Secret: knode token | kubectl apply -f -')
    .addOption(dryRun());
  act(command, async () => (await import('./commands/token.ts')).token);
}

function schemaCommand(root: Command): void {
  act(
    root.command('schema').description('the JSON Schema of the cluster file'),
    async () => (await import('./commands/schema.ts')).schema,
  );
}

// A reader that has seen enough (head, less) is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

try {
  await program().parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  // Help and version end here too, with 0.
  process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
}
