import { inventory, passportInventory } from '../../pki/report/inventory.ts';
import { everyNode } from '../../workflow/pick-nodes.ts';
import { warnOfEnds } from '../../workflow/pki/ends.ts';
import { holders, passportHolders } from '../../workflow/pki/holders.ts';
import { begin, type CommandIo, type GlobalOptions, printJson } from '../io.ts';
import { type ListedCertificate, printCalendar } from './calendar.ts';

export interface PkiListOptions extends GlobalOptions {
  /** Sort by end date. */
  readonly calendar?: boolean;
}

/** `knode pki list`: every certificate of the state, and the nodes that hold it. */
export async function pkiList(options: PkiListOptions, io: CommandIo): Promise<void> {
  const session = begin(options, io);
  const plans = session.plans(everyNode(session.read.cluster));
  const { pki: settings } = session;
  const state = await session.state.read();
  const entries = inventory(state).map((entry) => ({ ...entry, nodes: holders(entry, plans) }));
  const passports = passportInventory(state).map((one) => ({ ...one, nodes: passportHolders(one.id, plans) }));
  const requests = plans.flatMap((plan) => plan.certificates);
  warnOfEnds(session, { stored: state, actions: [], requests });
  if (options.calendar) return printCalendar(entries, { settings, requests }, options, io);
  if (options.json) return printJson({ certificates: entries, passports }, io);
  if (entries.length === 0) return io.stdout('no certificates yet: knode render makes them\n');
  const now = io.clock.now().getTime();
  for (const entry of entries) printEntry(entry, now, io);
  for (const { id, claims, generation, notAfter, nodes } of passports) {
    io.stdout(
      [
        `${id} (passport)`,
        ...claims.map((claim) => `  ${claim.replace(' ', ' '.repeat(Math.max(1, 9 - claim.indexOf(' '))))}`),
        `  signed   generation ${generation}`,
        `  expires  ${notAfter} (${daysText(notAfter, now)})`,
        `  nodes    ${nodes.join(', ') || 'none'}`,
        '',
      ].join('\n'),
    );
  }
}

function daysText(notAfter: string, now: number): string {
  const days = Math.floor((Date.parse(notAfter) - now) / 86_400_000);
  return days < 0 ? `${-days} days ago` : `in ${days} days`;
}

function printEntry(entry: ListedCertificate, now: number, io: CommandIo): void {
  io.stdout(
    [
      `${entry.id} (${entry.kind})`,
      `  subject  ${entry.subject}`,
      `  issuer   ${entry.issuer}`,
      ...(entry.sans.length > 0 ? [`  SANs     ${entry.sans.join(', ')}`] : []),
      `  usages   ${entry.usages.join(', ') || 'none'}; ${entry.algorithm}`,
      `  expires  ${entry.notAfter} (${daysText(entry.notAfter, now)})`,
      `  nodes    ${entry.nodes.join(', ') || 'none'}`,
      '',
    ].join('\n'),
  );
}
