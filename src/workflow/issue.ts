import { dirname, join } from 'node:path';
import { type Diagnostic, hasErrors } from '../base/diagnostic.ts';
import { UserMistake } from '../base/failure.ts';
import type { AuthorityName, CertificateRequest, PassportRequest, SecretRequest } from '../component/contract.ts';
import { placeDiagnostics, type ReadCluster } from '../model/read-cluster.ts';
import { applyPki } from '../pki/apply.ts';
import type { PkiMaterials } from '../pki/materials.ts';
import { planPki } from '../pki/plan.ts';
import type { AdoptedAuthority, PkiAction, PkiInput, PkiSettings } from '../pki/settings.ts';
import { localState } from '../state/local-state.ts';
import type { StateStore, StateView } from '../state/store.ts';
import { demandOwnState, trackState } from './authorities.ts';
import { type CommandIo, type GlobalOptions, warn } from './io.ts';
import { warnOfEnds } from './pki-ends.ts';
import { readUserFile } from './read-inputs.ts';

/** What has to exist before bytes can be made. */
export interface IssueRequests {
  readonly authorities?: readonly AuthorityName[];
  readonly certificates: readonly CertificateRequest[];
  readonly passports?: readonly PassportRequest[];
  readonly secrets: readonly SecretRequest[];
  /** Rights to give again. */
  readonly grant?: ReadonlySet<string>;
}

export interface Issued {
  readonly materials: PkiMaterials;
  readonly actions: readonly PkiAction[];
}

/** The state that belongs to a cluster file. */
export function openState(read: ReadCluster, options: GlobalOptions, io: CommandIo): StateStore {
  const directory = options.state ?? join(dirname(options.file), '.knode');
  const notice = (text: string) => io.stderr(`knode: ${text}\n`);
  return localState({ directory, cluster: read.cluster.name, clock: io.clock, notice });
}

/** `.knode` as the user would call it. */
export function stateDirectory(options: GlobalOptions): string {
  return options.state ?? join(dirname(options.file), '.knode');
}

function adoptedAuthorities(read: ReadCluster): Partial<Record<AuthorityName, AdoptedAuthority>> {
  const adopted: Partial<Record<AuthorityName, AdoptedAuthority>> = {};
  const folder = dirname(read.source.file);
  const text = (name: string) => new TextDecoder().decode(readUserFile(join(folder, name)));
  for (const [name, files] of Object.entries(read.cluster.spec.pki.authorities)) {
    if (files === undefined) continue;
    const certificatePem = text(files.certificate);
    adopted[name as AuthorityName] =
      files.key === undefined ? { certificatePem } : { certificatePem, privateKeyPem: text(files.key) };
  }
  return adopted;
}

export function pkiSettings(read: ReadCluster): PkiSettings {
  const { pki } = read.cluster.spec;
  const hours = (text: string) => Number.parseInt(text, 10);
  const subject = Object.fromEntries(Object.entries(pki.subject).filter(([, value]) => value !== undefined));
  return {
    clusterName: read.cluster.name,
    algorithm: pki.algorithm,
    caValidityHours: hours(pki.caValidity),
    certificateValidityHours: hours(pki.certificateValidity),
    renewBeforeHours: hours(pki.renewBefore),
    subject,
    adopted: adoptedAuthorities(read),
  };
}

export type Commit = (entries: ReadonlyMap<string, string>) => Promise<void>;

/** Works on the state: on the newest and alone, or with `dryRun` on what is there, where a commit does nothing. */
export async function withState<T>(
  read: ReadCluster,
  options: GlobalOptions,
  io: CommandIo,
  work: (stored: StateView, commit: Commit) => Promise<T>,
): Promise<T> {
  const store = openState(read, options, io);
  const settings = pkiSettings(read);
  const ours = (stored: StateView) => demandOwnState(read, stored, settings, options);
  if (options.dryRun) {
    const stored = await store.read();
    ours(stored);
    return work(stored, async () => {});
  }
  return store.withLock(async (session) => {
    ours(session);
    const result = await work(session, (entries) => session.commit(entries));
    trackState(read, session, settings, options, io);
    return result;
  });
}

/** Stops with everything that is wrong, each mistake in its place; warnings are shown. */
export function demandNoErrors(found: readonly Diagnostic[], read: ReadCluster, io: CommandIo): void {
  const diagnostics = placeDiagnostics(found, read.source);
  if (hasErrors(diagnostics)) throw new UserMistake(diagnostics);
  warn(diagnostics, io);
}

/**
 * Makes what is missing, reuses what is there, and commits it to the state before anyone sees it. With `dryRun` nothing is
 * written: what would have been made lives in memory only.
 * @param remember what to commit beside it.
 */
export async function issue(
  read: ReadCluster,
  requests: IssueRequests,
  options: GlobalOptions,
  io: CommandIo,
  remember: (stored: StateView) => ReadonlyMap<string, string> = () => new Map(),
): Promise<Issued> {
  const settings = pkiSettings(read);
  const { authorities = [], certificates, passports = [], secrets, grant = new Set() } = requests;
  return withState(read, options, io, async (stored, commit) => {
    const asked = { authorities, certificates, passports, secrets, grant };
    const input: PkiInput = { ...asked, settings, stored, clock: io.clock };
    const plan = planPki(input);
    demandNoErrors(plan.diagnostics, read, io);
    warnOfEnds({ read, stored, settings, actions: plan.actions, requests: certificates }, io);
    const { entries, materials } = await applyPki(input, plan, io.randomBytes);
    await commit(new Map([...entries, ...remember(stored)]));
    return { materials, actions: plan.actions };
  });
}

/** Tells on stderr what was made or made again, and why: one line a reissue, one line for all that is new. */
export function tellActions(actions: readonly PkiAction[], options: GlobalOptions, io: CommandIo): void {
  const would = options.dryRun ? 'would ' : '';
  for (const { action, kind, id, reason } of actions) {
    if (action === 'reissue' || action === 'adopt') io.stderr(`knode: ${would}${action} ${kind} ${id}: ${reason}\n`);
  }
  const created = actions.filter((one) => one.action === 'create');
  if (created.length === 0) return;
  const kinds = [...new Set(created.map((one) => one.kind))].map((kind) =>
    countOf(created.filter((one) => one.kind === kind).length, kind),
  );
  const verb = options.dryRun ? 'would make' : 'made';
  io.stderr(
    `knode: ${verb} ${kinds.join(', ')}, kept in ${stateDirectory(options)} (back it up: it holds the cluster's keys)\n`,
  );
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
