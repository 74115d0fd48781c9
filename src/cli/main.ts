import { readFileSync } from 'node:fs';
import { type Command, CommanderError } from 'commander';
import type { Diagnostic } from '../base/diagnostic.ts';
import { packagePath } from '../base/files/package-root.ts';
import type { GlobalOptions } from '../commands/io.ts';
import {
  completionCommand,
  initCommand,
  kubeconfigCommand,
  schemaCommand,
  tokenCommand,
  validateCommand,
} from './cluster-commands.ts';
import { examples } from './examples.ts';
import { imageCommand } from './image-commands.ts';
import { mirrorCommand } from './mirror-commands.ts';
import { explainCommand, passportCommand, renderCommand } from './node-commands.ts';
import { pkiCommand } from './pki-commands.ts';
import { exitCodes, outputFailed, tellUsage } from './run.ts';
import { KnodeCommand } from './usage.ts';

function program(): KnodeCommand {
  const root = new KnodeCommand('knode');
  root
    .description('One declarative cluster file in, everything a blank machine needs to become a Kubernetes node out.')
    .version(version(), '-V, --version')
    .option('-f, --file <path>', 'the cluster file', 'cluster.yaml')
    .option('--state <dir>', 'the state directory, with keys and tokens (default: .knode beside the cluster file)')
    .option(
      '--new-state',
      'begin a state: from now on its keys are those of the cluster, whatever keys are tracked in git',
    )
    .option('--untracked-state', 'a trial state: do not compare it with tracked keys, and do not track its keys')
    .option('--json', 'one JSON document on stdout, errors included')
    .option('--quiet', 'no notices and warnings on stderr; errors stay')
    .option('--no-color', 'no colours (NO_COLOR does the same)')
    .addHelpText(
      'after',
      '\nExit codes: 0 success, 1 a mistake in the input, 2 wrong usage, 3 a bug or a failure of the environment.',
    )
    .exitOverride();
  for (const add of [
    initCommand,
    validateCommand,
    renderCommand,
    explainCommand,
    pkiCommand,
    mirrorCommand,
    imageCommand,
    kubeconfigCommand,
    tokenCommand,
    passportCommand,
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

const noCommand: Diagnostic = {
  severity: 'error',
  code: 'no-command',
  message: 'no command is given',
  hint: 'knode --help lists the commands',
};

function version(): string {
  const manifest = JSON.parse(readFileSync(packagePath('package.json'), 'utf8')) as { version: string };
  return manifest.version;
}

/** Reads the command line, runs the command that it names, and sets the exit code. */
export async function main(): Promise<void> {
  // EPIPE from `head` or `less` is not an error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') process.exitCode = outputFailed(error);
  });
  const root = program();
  const { mistakes } = root;
  try {
    await root.parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help and version end here with 0; help in place of a missing command with another code.
    if (error.exitCode !== 0 && mistakes.length === 0) {
      process.exitCode = exitCodes.usage;
      if (root.opts<GlobalOptions>().json) mistakes.push(noCommand);
    }
  }
  if (mistakes.length > 0) tellUsage(mistakes, root.opts<GlobalOptions>());
}
