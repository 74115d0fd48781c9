import type { Diagnostic } from '../../base/diagnostic.ts';
import { planNode } from '../../component/plan-node.ts';
import type { AuthorityName, CertificateRequest } from '../../component/requests.ts';
import type { ReadCluster } from '../../model/read-cluster.ts';
import { daysUntil, type Ending, endingSoon } from '../../pki/report/ends.ts';
import type { PkiAction, PkiSettings } from '../../pki/settings.ts';
import type { StateView } from '../../state/store.ts';
import { everyNode } from '../pick-nodes.ts';
import type { Session } from '../session.ts';
import { say } from './messages.ts';

/** Available to a workflow after it has opened the state. */
export interface OpenedState {
  readonly stored: StateView;
  /** The command's own actions on certificates. */
  readonly actions: readonly PkiAction[];
  /** Certificates that the command itself needs. */
  readonly requests: readonly CertificateRequest[];
}

interface EndsContext extends OpenedState {
  readonly read: ReadCluster;
  readonly settings: PkiSettings;
}

/** Warns about authorities and certificates that end soon, are still needed, and are not being renewed right now. */
export function warnOfEnds({ read, pki: settings, clock, notices }: Session, opened: OpenedState): void {
  const context: EndsContext = { ...opened, read, settings };
  const now = clock.now();
  const made = new Set(
    context.actions.filter(({ action }) => action !== 'reuse').map(({ kind, id }) => `${kind} ${id}`),
  );
  const soon = endingSoon(context.stored, context.settings, now).filter(({ kind, id }) => !made.has(`${kind} ${id}`));
  // Planning nodes takes time, and usually nothing ends.
  if (soon.length === 0) return;
  const authorities = soon.filter((one) => one.kind === 'authority');
  const leaves = leavesByRemedy(
    soon.filter((one) => one.kind === 'certificate'),
    context,
  );
  notices.warn([
    ...authorities.map((one) => authorityEnds(one, context.settings, now)),
    ...leaves.map(({ endings, hint }) => leavesEnd(endings, hint, now)),
    ...passportsEnd(
      soon.filter((one) => one.kind === 'passport'),
      context,
      now,
    ),
  ]);
}

function authorityEnds({ id, notAfter }: Ending, settings: PkiSettings, now: Date): Diagnostic {
  const adopted = settings.adopted[id as AuthorityName] !== undefined;
  return {
    severity: 'warning',
    ...say('pki-ends-soon/authority-ends', { id, ends: endText(notAfter, now), adopted }),
  };
}

function leavesEnd(endings: readonly Ending[], hint: string, now: Date): Diagnostic {
  const [first, ...more] = endings;
  return {
    severity: 'warning',
    ...say('pki-ends-soon/leaves-end', {
      id: first?.id,
      endText: endText(first?.notAfter ?? now, now),
      more: more.length,
      hint,
    }),
  };
}

/** A node keeps everything when its passport ends, but its next serving certificate is not approved. */
function passportsEnd(endings: readonly Ending[], { read }: EndsContext, now: Date): Diagnostic[] {
  const nodes = new Set(everyNode(read.cluster).map((node) => node.name));
  const [first, ...more] = endings.filter(({ id }) => nodes.has(id));
  if (first === undefined) return [];
  return [
    {
      severity: 'warning',
      ...say('pki-ends-soon/passports-end', {
        id: first.id,
        notAfter: endText(first.notAfter, now),
        more: more.length,
      }),
    },
  ];
}

/** `ends in 41 days, on 2027-01-01`. */
export function endText(notAfter: Date, now: Date): string {
  const days = daysUntil(notAfter, now);
  const date = notAfter.toISOString().slice(0, 10);
  if (notAfter <= now) return `ended ${-days} day${days === -1 ? '' : 's'} ago, on ${date}`;
  return `ends in ${days} day${days === 1 ? '' : 's'}, on ${date}`;
}

/** Certificates that are still needed, grouped by remedy. */
function leavesByRemedy(
  endings: readonly Ending[],
  context: EndsContext,
): { readonly endings: readonly Ending[]; readonly hint: string }[] {
  const wanted = wantedCertificates(endings, context);
  const groups = new Map<string, Ending[]>();
  for (const ending of endings) {
    const found = wanted.get(ending.id);
    // A machine no longer needs its joining credential after it has joined.
    if (found === undefined || found.lifetimeHours !== undefined) continue;
    const hint = remedy(found, ending, context.settings);
    groups.set(hint, [...(groups.get(hint) ?? []), ending]);
  }
  return [...groups].map(([hint, grouped]) => ({ endings: grouped, hint }));
}

function remedy({ authority, id }: CertificateRequest, ending: Ending, settings: PkiSettings): string {
  const adopted = settings.adopted[authority];
  if (adopted !== undefined && adopted.privateKeyPem === undefined)
    return 'knode pki renew --expiring-within 60d, knode pki requests -o DIR, have them signed, knode pki import DIR; then render and replace the nodes';
  if (!id.startsWith('user-'))
    return 'knode pki renew --expiring-within 60d, then render and replace the nodes it names';
  const from = new Date(ending.notAfter.getTime() - settings.renewBeforeHours * 3_600_000).toISOString().slice(0, 10);
  return `knode kubeconfig issues it anew from ${from} on`;
}

/** The requests for these certificates: the command's own, and those of the nodes that their ids name. */
function wantedCertificates(
  endings: readonly Ending[],
  { read, requests }: EndsContext,
): Map<string, CertificateRequest> {
  const names = new Set(endings.map(({ id }) => id.slice(id.lastIndexOf('@') + 1)));
  const nodes = everyNode(read.cluster).filter((node) => names.has(node.name));
  const planned = nodes.flatMap((node) => planNode(read.cluster, node).value?.certificates ?? []);
  return new Map([...planned, ...requests].map((request) => [request.id, request]));
}
