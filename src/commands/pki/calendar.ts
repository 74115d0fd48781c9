import type { AuthorityName, CertificateRequest } from '../../component/requests.ts';
import { calendar } from '../../pki/report/calendar.ts';
import { daysUntil } from '../../pki/report/ends.ts';
import type { InventoryEntry } from '../../pki/report/inventory.ts';
import type { PkiSettings } from '../../pki/settings.ts';
import { type CommandIo, type GlobalOptions, printJson } from '../io.ts';

/** A certificate and the nodes that hold it. */
export interface ListedCertificate extends InventoryEntry {
  readonly nodes: readonly string[];
}

interface CalendarContext {
  readonly settings: PkiSettings;
  /** Of all nodes. */
  readonly requests: readonly CertificateRequest[];
}

/** `knode pki list --calendar`: what ends when, and what to do. */
export function printCalendar(
  entries: readonly ListedCertificate[],
  context: CalendarContext,
  options: GlobalOptions,
  io: CommandIo,
): void {
  const now = io.clock.now();
  const joining = new Set(context.requests.filter((one) => one.lifetimeHours !== undefined).map(({ id }) => id));
  const lasting = entries.filter(({ id }) => !joining.has(id));
  const months = calendar(lasting).map(({ month, entries: inMonth }) => ({
    month,
    certificates: inMonth.map((entry) => {
      const { id, kind, notAfter, nodes } = entry;
      return { id, kind, notAfter, days: daysUntil(new Date(notAfter), now), nodes, todo: todo(entry, context, now) };
    }),
  }));
  if (options.json) printJson({ months }, io);
  else if (months.length === 0) io.stdout('no certificates yet: knode render makes them\n');
  else printMonths(months, io);
}

interface DatedCertificate {
  readonly id: string;
  readonly notAfter: string;
  readonly days: number;
  readonly todo: string;
}

function printMonths(
  months: readonly { readonly month: string; readonly certificates: readonly DatedCertificate[] }[],
  io: CommandIo,
): void {
  const width = Math.max(...months.flatMap(({ certificates }) => certificates.map(({ id }) => id.length)));
  for (const { month, certificates } of months) {
    io.stdout(`${month}\n`);
    for (const { id, notAfter, days, todo: what } of certificates) {
      const left = days < 0 ? 'ended' : `${days} days`;
      io.stdout(`  ${notAfter.slice(0, 10)}  ${left.padStart(9)}  ${id.padEnd(width)}  ${what}\n`);
    }
  }
}

function todo(entry: ListedCertificate, { settings, requests }: CalendarContext, now: Date): string {
  if (entry.kind === 'authority') return authorityTodo(entry.id as AuthorityName, settings);
  const renewal = new Date(Date.parse(entry.notAfter) - settings.renewBeforeHours * 3_600_000);
  const from = renewal <= now ? 'now' : `from ${renewal.toISOString().slice(0, 10)}`;
  const request = requests.find((one) => one.id === entry.id);
  if (request === undefined) {
    if (!entry.id.startsWith('user-')) return 'nothing: no node asks for it any more';
    return `${from}: knode kubeconfig --user ${entry.id.slice('user-'.length)}`;
  }
  const replace = `render and replace ${entry.nodes.join(', ')}`;
  const adopted = settings.adopted[request.authority];
  const signed = adopted !== undefined && adopted.privateKeyPem === undefined;
  return signed ? `${from}: knode pki requests, have it signed, knode pki import, ${replace}` : `${from}: ${replace}`;
}

function authorityTodo(name: AuthorityName, { adopted }: PkiSettings): string {
  return adopted[name] === undefined
    ? 'before then: move to a new cluster; no certificate lives longer'
    : 'before then: have its owner renew it with the same key';
}
