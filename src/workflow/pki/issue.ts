import { type Diagnostic, hasErrors } from '../../base/diagnostic.ts';
import { UserMistake } from '../../base/failure.ts';
import type { AuthorityName, CertificateRequest, PassportRequest, SecretRequest } from '../../component/requests.ts';
import { placeDiagnostics } from '../../model/read-cluster.ts';
import { applyPki } from '../../pki/apply.ts';
import type { PkiMaterials } from '../../pki/materials.ts';
import { planPki } from '../../pki/plan.ts';
import type { PkiAction, PkiInput } from '../../pki/settings.ts';
import type { StateView } from '../../state/store.ts';
import type { Session } from '../session.ts';
import { demandOwnState, trackState } from './authorities.ts';
import { warnOfEnds } from './ends.ts';

/** Everything that must exist before bytes can be made. */
export interface IssueRequests {
  readonly authorities?: readonly AuthorityName[];
  readonly certificates: readonly CertificateRequest[];
  readonly passports?: readonly PassportRequest[];
  readonly secrets: readonly SecretRequest[];
  /** Rights to grant again. */
  readonly grant?: ReadonlySet<string>;
}

export interface Issued {
  readonly materials: PkiMaterials;
  readonly actions: readonly PkiAction[];
}

export type Commit = (entries: ReadonlyMap<string, string>) => Promise<void>;

/**
 * Works on the state: exclusively on the newest one, or with `dryRun` on the current one, where a commit does nothing.
 */
export async function withState<T>(
  session: Session,
  work: (stored: StateView, commit: Commit) => Promise<T>,
): Promise<T> {
  if (session.options.dryRun) {
    const stored = await session.state.read();
    demandOwnState(session, stored);
    return work(stored, async () => {});
  }
  return session.state.withLock(async (locked) => {
    demandOwnState(session, locked);
    const result = await work(locked, (entries) => locked.commit(entries));
    trackState(session, locked);
    return result;
  });
}

/** Stops with all errors, each at its place; warnings are shown. */
export function demandNoErrors(found: readonly Diagnostic[], { read, notices }: Session): void {
  const diagnostics = placeDiagnostics(found, read.source);
  if (hasErrors(diagnostics)) throw new UserMistake(diagnostics);
  notices.warn(diagnostics);
}

/**
 * Makes missing credentials, reuses existing ones, and commits new ones to the state before they are used. With
 * `dryRun` nothing is written: new ones exist in memory only.
 * @param remember further content to commit.
 */
export async function issue(
  session: Session,
  requests: IssueRequests,
  remember: (stored: StateView) => ReadonlyMap<string, string> = () => new Map(),
): Promise<Issued> {
  const { clock, pki: settings } = session;
  const { authorities = [], certificates, passports = [], secrets, grant = new Set() } = requests;
  return withState(session, async (stored, commit) => {
    const asked = { authorities, certificates, passports, secrets, grant };
    const input: PkiInput = { ...asked, settings, stored, clock };
    const plan = planPki(input);
    demandNoErrors(plan.diagnostics, session);
    warnOfEnds(session, { stored, actions: plan.actions, requests: certificates });
    const { entries, materials } = await applyPki(input, plan, session.randomBytes);
    await commit(new Map([...entries, ...remember(stored)]));
    return { materials, actions: plan.actions };
  });
}

/** Reports what was made or renewed, and why: one line for each renewal, one line for all that is new. */
export function tellActions(actions: readonly PkiAction[], { options, notices, stateDirectory }: Session): void {
  const would = options.dryRun ? 'would ' : '';
  for (const { action, kind, id, reason } of actions) {
    if (action === 'reissue' || action === 'adopt') notices.tell(`${would}${action} ${kind} ${id}: ${reason}`);
  }
  const created = actions.filter((one) => one.action === 'create');
  if (created.length === 0) return;
  const kinds = [...new Set(created.map((one) => one.kind))].map((kind) =>
    countOf(created.filter((one) => one.kind === kind).length, kind),
  );
  const verb = options.dryRun ? 'would make' : 'made';
  notices.tell(`${verb} ${kinds.join(', ')}, kept in ${stateDirectory} (back it up: it holds the cluster's keys)`);
}

const words: Readonly<Record<PkiAction['kind'], readonly [one: string, more: string]>> = {
  authority: ['authority', 'authorities'],
  'service-account': ['service-account key', 'service-account keys'],
  certificate: ['certificate', 'certificates'],
  'passport-key': ['key for passports', 'keys for passports'],
  passport: ['passport', 'passports'],
  secret: ['secret', 'secrets'],
};

function countOf(count: number, kind: PkiAction['kind']): string {
  return `${count} ${words[kind][count === 1 ? 0 : 1]}`;
}
