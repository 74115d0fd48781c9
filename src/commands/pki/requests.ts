import { ofOption, together } from '../../base/option-mistakes.ts';
import { applyPki } from '../../pki/apply.ts';
import { requestFacts, requestFiles } from '../../pki/exchange/request-files.ts';
import { isExternal } from '../../pki/leaf.ts';
import { onlyCertificates, planPki } from '../../pki/plan.ts';
import type { PkiInput } from '../../pki/settings.ts';
import { everyNode } from '../../workflow/pick-nodes.ts';
import { demandNoErrors, withState } from '../../workflow/pki/issue.ts';
import { recalled } from '../../workflow/recall.ts';
import { begin, type CommandIo, type GlobalOptions, printJson } from '../io.ts';
import { demandNewFolder, writeOrTell } from '../new-folder.ts';

export interface PkiRequestsOptions extends GlobalOptions {
  readonly output: string;
}

/** `knode pki requests`: signing requests for the owners of adopted authorities. The keys stay in the state. */
export async function pkiRequests(options: PkiRequestsOptions, io: CommandIo): Promise<void> {
  const [file] = together([
    () => begin(options, io),
    () => ofOption('--output', () => demandNewFolder(options.output)),
  ]);
  const { session } = await recalled(file);
  const { read, pki: settings } = session;
  const certificates = session
    .plans(everyNode(session.read.cluster))
    .flatMap((plan) => plan.certificates)
    .filter((request) => isExternal(request.authority, settings));
  if (certificates.length === 0)
    return nothing('nothing to sign: knode has the key of every authority (docs/pki.md)', options, io);
  await withState(session, async (stored, commit) => {
    const base = { authorities: [], certificates, secrets: [], settings, stored, clock: io.clock };
    const input: PkiInput = { ...base, unsignedAllowed: true };
    const plan = onlyCertificates(planPki(input), certificates);
    demandNoErrors(plan.diagnostics, session);
    const open = new Set(
      plan.actions.filter(({ action }) => action === 'request' || action === 'await').map(({ id }) => id),
    );
    const facts = certificates.filter(({ id }) => open.has(id)).map((request) => requestFacts(request, settings));
    if (facts.length === 0) return nothing('nothing to sign: every certificate is there', options, io);
    const { entries } = await applyPki(input, plan, io.randomBytes);
    await commit(entries);
    const text = (path: string): string | undefined => entries.get(path) ?? stored.get(path);
    if (options.json) printJson({ dryRun: options.dryRun ?? false, requests: facts }, io);
    if (options.json && options.dryRun) return;
    writeOrTell(options.output, requestFiles(facts, read.cluster.name, { get: text }), options, io);
    if (!options.dryRun)
      io.stderr(`knode: wrote ${facts.length} requests to ${options.output}; README.txt says what to do\n`);
  });
}

function nothing(why: string, options: PkiRequestsOptions, io: CommandIo): void {
  if (options.json) printJson({ dryRun: options.dryRun ?? false, requests: [] }, io);
  else io.stdout(`${why}\n`);
}
