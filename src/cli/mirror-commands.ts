import type { Command } from 'commander';
import { act, dryRun, lock } from './action.ts';
import { addStoreCommands } from './mirror-store-commands.ts';

const proxies =
  '\nHTTP_PROXY, HTTPS_PROXY and NO_PROXY are honoured (http and https proxies); NODE_EXTRA_CA_CERTS names an authority of your own.';

export function mirrorCommand(root: Command): void {
  const mirror = root.command('mirror').description('pin, fetch and publish the programs that nodes download');
  const locked = mirror
    .command('lock')
    .description('pin every program of the cluster by sha256: adds missing entries, changes no existing ones')
    .addOption(lock())
    .option('--update <name...>', 'request the checksums of these artifacts from upstream again, by name')
    .option('--prune', 'drop entries that no node of the cluster needs')
    .addOption(dryRun())
    .addHelpText(
      'after',
      `${proxies}\n\nExamples:\n  knode mirror lock\n  knode mirror lock --update kubelet --dry-run`,
    );
  act(locked, async () => (await import('../commands/mirror/lock.ts')).mirrorLock);

  const pull = mirror
    .command('pull')
    .description('download everything in the artifact lock into a folder; resumes after an interruption')
    .option('-o, --output <dir>', 'the folder', 'mirror')
    .addOption(lock())
    .addOption(dryRun())
    .addHelpText('after', `${proxies}\n\nExamples:\n  knode mirror pull\n  knode mirror pull -o /media/usb/mirror`);
  act(pull, async () => (await import('../commands/mirror/pull.ts')).mirrorPull);
  addStoreCommands(mirror);
}
