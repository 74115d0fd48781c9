import type { Command } from 'commander';
import { formats } from '../delivery/format.ts';
import { clouds } from '../platform/clouds.ts';
import { act, allowChange, dryRun, lock } from './action.ts';
import { choices } from './choices.ts';

/** Options that name one node. */
function oneNode(command: Command): Command {
  return command
    .option('--role <role>', 'control-plane, worker, etcd or balancer; master is the older word for control-plane')
    .option('--index <n>', 'which node of the role, from 0')
    .option('--node <name>', 'the node of this name')
    .option('--pool <name>', 'the machines of this pool: one user-data for all of them');
}

/** Options that name nodes, and their delivery. */
function nodeOptions(command: Command): Command {
  return oneNode(command)
    .option('--all', 'every node of the cluster')
    .option('--image <manifest>', 'the nodes boot from this golden image: leave out what it has')
    .addOption(lock())
    .option(
      '--unlocked',
      'render artifacts that the lock lacks too; the node checks them against upstream’s checksum files',
    );
}

export function renderCommand(root: Command): void {
  const command = nodeOptions(root.command('render'))
    .description('user-data of a node, on stdout')
    .option('--format <format>', choices(formats))
    .option('--platform <platform>', `${choices(clouds)}: chooses the format and holds to the limit`)
    .option(
      '-o, --output <path>',
      'write below this folder: a NoCloud seed DIR/NODE/{user-data,meta-data,network-config}, for other platforms and formats DIR/NODE/user-data*, for iso DIR/NODE.iso; NAME.yaml, .gz, .b64, .mime or .iso is one file for one node',
    )
    .option('--files <dir>', "the node's files as a tree, to look at")
    .addOption(allowChange())
    .option('--found', 'members of etcd without data may found the cluster again: only when all data are lost')
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
    .description('what lands on a node, where it comes from, and in which order it boots')
    .addOption(allowChange());
  act(command, async () => (await import('../commands/explain.ts')).explain, ['path']);
}

export function passportCommand(root: Command): void {
  const command = oneNode(root.command('passport'))
    .description('the passport of a node that outlives its own, as the annotation knode.dev/passport')
    .addOption(dryRun())
    .addHelpText(
      'after',
      '\nExample:\n  kubectl annotate --overwrite node w1 "knode.dev/passport=$(knode passport --node w1)"',
    );
  act(command, async () => (await import('../commands/passport.ts')).passport);
}
