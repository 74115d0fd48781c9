import type { Command } from 'commander';
import { act, dryRun } from './action.ts';

export function pkiCommand(root: Command): void {
  const pki = root.command('pki').description('the certificates of the cluster');
  const list = pki
    .command('list')
    .description('list every certificate: subject, SANs, issuer, expiry, and the nodes that hold it')
    .option('--calendar', 'show what ends when, and what to do');
  act(list, async () => (await import('../commands/pki/list.ts')).pkiList);

  const renew = pki
    .command('renew')
    .argument('[id...]', "certificates, by id or pattern: '*@m1'")
    .description('renew certificates: those near their end, or whose request has changed')
    .option('--all', 'every certificate that a node needs')
    .option('--expiring-within <span>', 'those that end within 60d or 1440h')
    .addOption(dryRun())
    .addHelpText(
      'after',
      "\nExamples:\n  knode pki renew --dry-run\n  knode pki renew '*@m1' && knode render --node m1",
    );
  act(renew, async () => (await import('../commands/pki/renew.ts')).pkiRenew, ['ids']);

  const exported = pki
    .command('export')
    .argument('[id...]', 'authorities and certificates, by id or pattern (default: all)')
    .description('export certificates as PEM files, with a bundle of the authorities')
    .requiredOption('-o, --output <dir>', 'a new folder')
    .option('--keys', 'include the certificates’ private keys (0600); never those of authorities')
    .addOption(dryRun())
    .addHelpText('after', '\nExample:\n  knode pki export -o certificates/');
  act(exported, async () => (await import('../commands/pki/export.ts')).pkiExport, ['ids']);
  signingCommands(pki);
}

/** For authorities whose key stays with their owner. */
function signingCommands(pki: Command): void {
  const requests = pki
    .command('requests')
    .description('write signing requests for the owners of adopted authorities, one .csr per certificate')
    .requiredOption('-o, --output <dir>', 'a new folder')
    .addOption(dryRun())
    .addHelpText('after', '\nExample:\n  knode pki requests -o requests/');
  act(requests, async () => (await import('../commands/pki/requests.ts')).pkiRequests);

  const imported = pki
    .command('import')
    .argument('<path...>', 'signed certificates in PEM, or folders of them')
    .description('import signed certificates: each is checked against its request; all or none are imported')
    .addOption(dryRun())
    .addHelpText('after', '\nExample:\n  knode pki import signed/');
  act(imported, async () => (await import('../commands/pki/import.ts')).pkiImport, ['paths']);
}
