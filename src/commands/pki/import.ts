import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ofOption, together } from '../../base/option-mistakes.ts';
import { planImport, type SignedFile } from '../../pki/exchange/import.ts';
import { everyNode } from '../../workflow/pick-nodes.ts';
import { demandNoErrors, withState } from '../../workflow/pki/issue.ts';
import { readUserFile } from '../../workflow/read-inputs.ts';
import { begin, type CommandIo, type GlobalOptions, printJson } from '../io.ts';

export interface PkiImportOptions extends GlobalOptions {
  /** Files, or folders with `.crt`, `.cer` and `.pem` files. */
  readonly paths: readonly string[];
}

function signedFiles(paths: readonly string[]): SignedFile[] {
  const files = paths.flatMap((path) => {
    if (!existsSync(path) || !statSync(path).isDirectory()) return [path];
    const names = readdirSync(path).filter((name) => /\.(crt|cer|pem)$/i.test(name));
    return names.sort().map((name) => join(path, name));
  });
  return together(files.map((file) => () => ({ file, content: new TextDecoder().decode(readUserFile(file)) })));
}

/** `knode pki import`: imports signed certificates into the state, all or none. */
export async function pkiImport(options: PkiImportOptions, io: CommandIo): Promise<void> {
  const [session, files] = together([
    () => begin(options, io),
    () => ofOption('<path>', () => signedFiles(options.paths)),
  ]);
  const { pki: settings } = session;
  const certificates = session.plans(everyNode(session.read.cluster)).flatMap((plan) => plan.certificates);
  await withState(session, async (stored, commit) => {
    const input = { authorities: [], certificates, secrets: [], settings, stored, clock: io.clock };
    const { entries, imported, known, waiting, diagnostics } = planImport(input, files);
    demandNoErrors(diagnostics, session);
    await commit(entries);
    if (options.json) return printJson({ dryRun: options.dryRun ?? false, imported, known, waiting }, io);
    for (const { id, file, notAfter } of imported)
      io.stdout(`import ${id} from ${file}: valid until ${notAfter.toISOString().slice(0, 10)}\n`);
    for (const id of known) io.stdout(`keep ${id}: imported before\n`);
    if (imported.length + known.length === 0) io.stdout('no certificate to import\n');
    if (waiting.length > 0) io.stdout(`still to be signed: ${waiting.join(', ')}\n`);
    if (options.dryRun) io.stdout('dry run: nothing was written\n');
  });
}
