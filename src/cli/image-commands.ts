import type { Command } from 'commander';
import { layerChoices } from '../image/layers.ts';
import { archs } from '../platform/arch.ts';
import { builders } from '../platform/builders.ts';
import { systems } from '../platform/systems.ts';
import { act, dryRun, lock } from './action.ts';
import { choices, roleChoices } from './choices.ts';

export function imageCommand(root: Command): void {
  const image = root.command('image').description('golden images: programs and packages of the first boot, built in');
  templateCommand(image);
  buildCommand(image);
  inspectCommand(image);
}

/** The nodes of the image, the layers that it carries, and its base. */
function imageOptions(command: Command): Command {
  return command
    .requiredOption('--builder <name>', choices(builders))
    .option('--role <role>', `for the nodes of this role: ${roleChoices()}`)
    .option('--pool <name>', 'for the machines of this pool')
    .option('--all-roles', 'one golden image for every node of the cluster')
    .option('--arch <arch>', `${choices(archs)}, if the cluster has nodes of both`)
    .option(
      '--layers <layers>',
      `${layerChoices.join(', or ')}: also the files that are the same on every node of a role in this cluster`,
      'image',
    )
    .option('--os <system>', choices(systems))
    .option('--base <base>', 'the base: URL or path of a cloud image, or the name of an image or template')
    .option('--checksum <checksum>', 'checksum of a base that is a file: sha256:HEX or sha512:HEX')
    .addOption(lock());
}

function templateCommand(image: Command): void {
  const command = imageOptions(image.command('template'))
    .description('write a folder that Packer builds')
    .requiredOption('-o, --output <dir>', 'a new folder')
    .option('--packer <version>', 'version of Packer: 1.6 accepts no plugin requirements')
    .addOption(dryRun())
    .addHelpText(
      'after',
      [
        '\nExamples:',
        '  knode image template --builder aws --role worker -o build/ && packer init build/ && packer build build/',
        '  knode image template --builder qemu --role worker --base debian-12.qcow2 --checksum sha256:… -o build/',
      ].join('\n'),
    );
  act(command, async () => (await import('../commands/image/template.ts')).imageTemplate);
}

function buildCommand(image: Command): void {
  const command = imageOptions(image.command('build'))
    .description('make a golden image: builds the same folder with the installed packer')
    .option('-o, --output <dir>', 'folder for the golden-image manifest (and the image itself, with qemu)', 'images')
    .option('--var <name=value...>', 'variables of the builder, as for packer -var')
    .option('--var-file <path...>', 'files of variables')
    .addHelpText(
      'after',
      [
        '\nExamples:',
        '  knode image build --builder aws --role worker --var region=eu-west-1',
        '  knode image build --builder null --all-roles --var ssh_host=192.0.2.7',
      ].join('\n'),
    );
  act(command, async () => (await import('../commands/image/build.ts')).imageBuild);
}

function inspectCommand(image: Command): void {
  const command = image
    .command('inspect')
    .argument('<manifest>', 'IMAGE.json, written by the bake')
    .description('show the content and the origin of a golden image')
    .addHelpText(
      'after',
      '\nExamples:\n  knode image inspect images/IMAGE.json\n  knode --json image inspect images/IMAGE.json',
    );
  act(command, async () => (await import('../commands/image/inspect.ts')).imageInspect, ['manifest']);
}
