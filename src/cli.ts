#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Argument, Command, CommanderError, Option } from 'commander';
import { packagePath } from './base/package-root.ts';
import { examples } from './commands/examples.ts';
import type { CommandIo, GlobalOptions } from './commands/io.ts';
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
    .option('--quiet', 'no notices and warnings on stderr; errors stay')
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
    completionCommand,
  ])
    add(root);
  for (const [words, lines] of Object.entries(examples)) {
    const command = words
      .split(' ')
      .reduce<Command | undefined>((at, name) => at?.commands.find((one) => one.name() === name), root);
    command?.addHelpText('after', `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`);
  }
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
    .option('--pool <name>', 'the machines of this pool: one user-data for all of them')
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
    .option('--preset <preset>', 'modern, seed-000 or smallest', 'modern')
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
    .option(
      '--format <format>',
      'cloud-config (the default), gzip, base64 (of gzip), mime or iso (a NoCloud seed image)',
    )
    .option(
      '--platform <platform>',
      'aws, gcp, azure, openstack, vsphere or nocloud: chooses the format and holds to the limit',
    )
    .option(
      '-o, --output <path>',
      'write below this folder: a NoCloud seed DIR/NODE/{user-data,meta-data,network-config}, for other platforms and formats DIR/NODE/user-data*, for iso DIR/NODE.iso',
    )
    .option('--files <dir>', "the node's files as a tree, to look at")
    .addOption(dryRun())
    .addHelpText(
      'after',
      [
        '\nExamples:',
        '  knode render --role master --index 0',
        '  knode render --all -o out/',
        '  knode render --all --platform aws -o out/',
        '  knode render --node m1 --format iso -o m1.iso',
      ].join('\n'),
    );
  act(command, async () => (await import('./commands/render.ts')).render);
}

function explainCommand(root: Command): void {
  const command = nodeOptions(root.command('explain'))
    .argument('[path]', 'one file of the node, or PATH:LINE for one line of it')
    .description('what lands on a node, where it comes from, and in which order it boots');
  act(command, async () => (await import('./commands/explain.ts')).explain, ['path']);
}

function pkiCommand(root: Command): void {
  const pki = root.command('pki').description('the certificates of the cluster');
  const list = pki
    .command('list')
    .description('every certificate: subject, SANs, issuer, expiry, which node holds it')
    .option('--calendar', 'what ends when, and what to do about it');
  act(list, async () => (await import('./commands/pki-list.ts')).pkiList);

  const renew = pki
    .command('renew')
    .argument('[id...]', "certificates, by id or pattern: '*@m1'")
    .description('issue certificates anew: those near their end, or asked for otherwise than they are')
    .option('--all', 'every certificate that a node asks for')
    .option('--expiring-within <span>', 'those that end within 60d or 1440h')
    .addOption(dryRun())
    .addHelpText(
      'after',
      "\nExamples:\n  knode pki renew --dry-run\n  knode pki renew '*@m1' && knode render --node m1",
    );
  act(renew, async () => (await import('./commands/pki-renew.ts')).pkiRenew, ['ids']);

  const exported = pki
    .command('export')
    .argument('[id...]', 'authorities and certificates, by id or pattern; all when absent')
    .description('certificates as PEM files, with a bundle of the authorities')
    .requiredOption('-o, --output <dir>', 'a new folder')
    .option('--keys', 'with the certificates’ private keys (0600); never those of authorities')
    .addOption(dryRun())
    .addHelpText('after', '\nExample:\n  knode pki export -o certificates/');
  act(exported, async () => (await import('./commands/pki-export.ts')).pkiExport, ['ids']);
  signingCommands(pki);
}

/** For authorities whose key stays with their owner. */
function signingCommands(pki: Command): void {
  const requests = pki
    .command('requests')
    .description('what the owners of adopted authorities have to sign, one .csr a certificate')
    .requiredOption('-o, --output <dir>', 'a new folder')
    .addOption(dryRun())
    .addHelpText('after', '\nExample:\n  knode pki requests -o requests/');
  act(requests, async () => (await import('./commands/pki-requests.ts')).pkiRequests);

  const imported = pki
    .command('import')
    .argument('<path...>', 'signed certificates in PEM, or folders of them')
    .description('take signed certificates back: each is checked against its request, all or none are kept')
    .addOption(dryRun())
    .addHelpText('after', '\nExample:\n  knode pki import signed/');
  act(imported, async () => (await import('./commands/pki-import.ts')).pkiImport, ['paths']);
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

function completionCommand(root: Command): void {
  const command = root
    .command('completion')
    .description('a script that completes commands, options and values in your shell')
    .addArgument(new Argument('<shell>', 'which shell').choices(['bash', 'zsh', 'fish']));
  const load = async () => {
    const { completion } = await import('./commands/completion.ts');
    return (options: { shell: string }, io: CommandIo) => completion({ ...options, root }, io);
  };
  act(command, load, ['shell']);
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
