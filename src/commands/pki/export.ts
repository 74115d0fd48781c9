import { gitIgnoreAll } from '../../base/files/write-tree.ts';
import { ofOption, together } from '../../base/option-mistakes.ts';
import { exportFiles } from '../../pki/exchange/export.ts';
import { begin, type CommandIo, demand, type GlobalOptions, printJson } from '../io.ts';
import { demandNewFolder, writeOrTell } from '../new-folder.ts';

export interface PkiExportOptions extends GlobalOptions {
  readonly ids?: readonly string[];
  readonly output: string;
  /** With the certificates' private keys. */
  readonly keys?: boolean;
}

/** `knode pki export`: certificates as PEM files, and one bundle of authorities to trust. */
export async function pkiExport(options: PkiExportOptions, io: CommandIo): Promise<void> {
  const [session] = together([
    () => begin(options, io),
    () => ofOption('--output', () => demandNewFolder(options.output)),
  ]);
  const stored = await session.state.read();
  const files = demand(exportFiles(stored, options.ids ?? [], options.keys ?? false), io);
  if (files.length === 0 && !options.json) return io.stdout('no certificates yet: knode render makes them\n');
  if (options.json)
    printJson({ dryRun: options.dryRun ?? false, files: files.map(({ path, mode }) => ({ path, mode })) }, io);
  if (files.length === 0 || (options.json && options.dryRun)) return;
  writeOrTell(options.output, options.keys ? [gitIgnoreAll, ...files] : files, options, io);
  if (options.dryRun) return;
  const keys = files.filter(({ mode }) => mode === '0600').length;
  const secret =
    keys === 0 ? '' : `, among them ${keys} private key${keys === 1 ? '' : 's'}: keep the folder to yourself`;
  io.stderr(`knode: wrote ${files.length} files to ${options.output}${secret}\n`);
}
