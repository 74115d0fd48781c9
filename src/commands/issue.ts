import { dirname, join } from 'node:path';
import { hasErrors } from '../base/diagnostic.ts';
import { UserMistake } from '../base/failure.ts';
import type { AuthorityName, CertificateRequest, SecretRequest } from '../component/contract.ts';
import { placeDiagnostics, type ReadCluster } from '../model/read-cluster.ts';
import { applyPki } from '../pki/apply.ts';
import type { PkiMaterials } from '../pki/materials.ts';
import { planPki } from '../pki/plan.ts';
import type { AdoptedAuthority, PkiAction, PkiInput, PkiSettings, StoredFiles } from '../pki/settings.ts';
import { localState } from '../state/local-state.ts';
import type { StateStore } from '../state/store.ts';
import { type CommandIo, type GlobalOptions, warn } from './io.ts';
import { readUserFile } from './read-inputs.ts';

/** What has to exist before bytes can be made. */
export interface IssueRequests {
  readonly authorities?: readonly AuthorityName[];
  readonly certificates: readonly CertificateRequest[];
  readonly secrets: readonly SecretRequest[];
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
    adopted[name as AuthorityName] = { certificatePem: text(files.certificate), privateKeyPem: text(files.key) };
  }
  return adopted;
}

function settings(read: ReadCluster): PkiSettings {
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

/**
 * Makes what is missing, reuses what is there, and commits it to the state before anyone sees it. With `dryRun` nothing is
 * written: what would have been made lives in memory only.
 */
export async function issue(
  read: ReadCluster,
  requests: IssueRequests,
  options: GlobalOptions,
  io: CommandIo,
): Promise<Issued> {
  const pki = settings(read);
  const store = openState(read, options, io);
  const make = async (stored: StoredFiles, commit: (entries: ReadonlyMap<string, string>) => Promise<void>) => {
    const input: PkiInput = {
      authorities: requests.authorities ?? [],
      certificates: requests.certificates,
      secrets: requests.secrets,
      settings: pki,
      stored,
      clock: io.clock,
    };
    const plan = planPki(input);
    const diagnostics = placeDiagnostics(plan.diagnostics, read.source);
    if (hasErrors(diagnostics)) throw new UserMistake(diagnostics);
    warn(diagnostics, io);
    const { entries, materials } = await applyPki(input, plan, io.randomBytes);
    await commit(entries);
    return { materials, actions: plan.actions };
  };
  if (options.dryRun) return make(await store.read(), async () => {});
  return store.withLock((session) => make(session, (entries) => session.commit(entries)));
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
  secret: ['secret', 'secrets'],
};

function countOf(count: number, kind: PkiAction['kind']): string {
  return `${count} ${words[kind][count === 1 ? 0 : 1]}`;
}
