import { mistake } from '../../base/failure.ts';
import { ofOption, together } from '../../base/option-mistakes.ts';
import { applyPki } from '../../pki/apply.ts';
import { planRenewal, type RenewalChoice } from '../../pki/renewal.ts';
import type { PkiAction } from '../../pki/settings.ts';
import { everyNode } from '../../workflow/pick-nodes.ts';
import { holders } from '../../workflow/pki/holders.ts';
import { demandNoErrors, withState } from '../../workflow/pki/issue.ts';
import { recalled } from '../../workflow/recall.ts';
import { begin, type CommandIo, type GlobalOptions, printJson } from '../io.ts';
import { say } from '../messages.ts';

export interface PkiRenewOptions extends GlobalOptions {
  /** Ids or patterns of certificates. */
  readonly ids?: readonly string[];
  readonly all?: boolean;
  /** `60d` or `1440h`. */
  readonly expiringWithin?: string;
}

function choiceOf({ ids = [], all = false, expiringWithin }: PkiRenewOptions): RenewalChoice {
  if (expiringWithin === undefined) return { ids, all };
  const [, digits, unit] = /^(\d{1,6})([dh])$/.exec(expiringWithin) ?? [];
  if (digits === undefined) {
    throw mistake(say('invalid-duration', { text: expiringWithin }));
  }
  return { ids, all, withinHours: Number(digits) * (unit === 'd' ? 24 : 1) };
}

interface Renewed extends PkiAction {
  readonly nodes: readonly string[];
}

/** `knode pki renew`: issues certificates again in the state. Running nodes keep theirs until they are replaced. */
export async function pkiRenew(options: PkiRenewOptions, io: CommandIo): Promise<void> {
  const [choice, file] = together([
    () => ofOption('--expiring-within', () => choiceOf(options)),
    () => begin(options, io),
  ]);
  const { session } = await recalled(file);
  const plans = session.plans(everyNode(session.read.cluster));
  const certificates = plans.flatMap((plan) => plan.certificates);
  const { pki: settings } = session;
  const renewed = await withState(session, async (stored, commit) => {
    const whole = { authorities: [], certificates, secrets: [], settings, stored, clock: io.clock };
    const { input, plan } = planRenewal(whole, choice);
    demandNoErrors(plan.diagnostics, session);
    const leaves = plan.actions.filter(({ kind, action }) => kind === 'certificate' && action !== 'reuse');
    if (leaves.length > 0 && !options.dryRun) await commit((await applyPki(input, plan, io.randomBytes)).entries);
    return leaves.map((leaf): Renewed => ({ ...leaf, nodes: holders({ id: leaf.id, kind: 'certificate' }, plans) }));
  });
  tell(renewed, options, io);
}

function tell(renewed: readonly Renewed[], options: PkiRenewOptions, io: CommandIo): void {
  const reissued = renewed.filter(({ action }) => action === 'reissue');
  const replace = [...new Set(reissued.flatMap(({ nodes }) => nodes))];
  const certificates = renewed.map(({ action, id, reason, nodes }) => ({ id, action, reason, nodes }));
  if (options.json) {
    printJson({ dryRun: options.dryRun ?? false, certificates, replace }, io);
    return;
  }
  if (renewed.length === 0) io.stdout('nothing to renew; authorities and the service-account key are never renewed\n');
  for (const { action, id, reason } of renewed) io.stdout(`${action} ${id}: ${reason}\n`);
  if (reissued.length < renewed.length)
    io.stdout('to be signed by their authority’s owner: knode pki requests -o DIR, then knode pki import DIR\n');
  if (replace.length > 0)
    io.stdout(`render these nodes again and replace them, one after the other: ${replace.join(', ')}\n`);
  if (options.dryRun) io.stdout('dry run: nothing was written\n');
}
