import type { Command } from 'commander';
import { formats } from '../delivery/format.ts';
import { clouds } from '../platform/clouds.ts';
import { act, allowChange, dryRun, lock } from './action.ts';
import { choices, roleChoices } from './choices.ts';

/** Options that name one node. */
function oneNode(command: Command): Command {
  return command
    .option('--role <role>', roleChoices())
    .option('--index <n>', 'number of the node in its role, from 0')
    .option('--node <name>', 'the node of this name')
    .option('--pool <name>', 'the machines of this pool: one user-data for all of them');
}

/** Options that name nodes, and their delivery. */
function nodeOptions(command: Command): Command {
  return oneNode(command)
    .option('--all', 'every node of the cluster')
    .option(
      '--image <manifest>',
      'the nodes boot from the golden image of this manifest (IMAGE.json): leave out its files',
    )
    .addOption(lock())
    .option(
      '--unlocked',
      'also render artifacts that the artifact lock lacks; the node checks them against upstream’s checksum files',
    );
}

export function renderCommand(root: Command): void {
  const command = nodeOptions(root.command('render'))
    .description('print the user-data of a node on stdout')
    .option('--format <format>', choices(formats))
    .option('--platform <platform>', `${choices(clouds)}: chooses the format and checks the limit`)
    .option(
      '-o, --output <path>',
      'write below this folder: a NoCloud seed DIR/NODE/{user-data,meta-data,network-config}, for other platforms and formats DIR/NODE/user-data*, for iso DIR/NODE.iso; NAME.yaml, .gz, .b64, .mime or .iso is one file for one node',
    )
    .option('--files <dir>', "write the node's files as a tree, for inspection")
    .addOption(allowChange())
    .option('--found', 'etcd members without data may found the cluster again: only if all data are lost')
    .option('--presigned <file>', 'URLs of a private bucket, from knode mirror presign')
    .addOption(dryRun())
    .addHelpText(
      'after',
      [
        '\nExamples:',
        '  knode render --role control-plane --index 0',
        '  knode render --all -o out/',
        '  knode render --all --platform aws -o out/',
        '  knode render --node m1 --format iso -o m1.iso',
      ].join('\n'),
    );
  act(command, async () => (await import('../commands/render.ts')).render);
}

export function explainCommand(root: Command): void {
  const command = nodeOptions(root.command('explain'))
    .argument('[path]', 'one file of the node, or PATH:LINE for one line of it')
    .description('show the files of a node, their origin, and its boot order')
    .addOption(allowChange());
  act(command, async () => (await import('../commands/explain.ts')).explain, ['path']);
}

export function passportCommand(root: Command): void {
  const command = oneNode(root.command('passport'))
    .description('print a new passport for a running node, as the annotation knode.dev/passport')
    .addOption(dryRun())
    .addHelpText(
      'after',
      '\nExample:\n  kubectl annotate --overwrite node w1 "knode.dev/passport=$(knode passport --node w1)"',
    );
  act(command, async () => (await import('../commands/passport.ts')).passport);
}
