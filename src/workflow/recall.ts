import { dirname, join } from 'node:path';
import { type Diagnostic, hasErrors } from '../base/diagnostic.ts';
import { sha256 } from '../base/digest.ts';
import { EnvironmentFailure, UserMistake } from '../base/failure.ts';
import { placeDiagnostics, type ReadCluster } from '../model/read-cluster.ts';
import { formatMemory, memoryPath, parseMemory } from '../record/memory.ts';
import { type Recalled, recall } from '../record/recall.ts';
import type { StateView } from '../state/store.ts';
import { say as words } from './messages.ts';
import { readUserFile } from './read-inputs.ts';
import { type Session, sessionOf } from './session.ts';

/** A cluster file, completed from the state's memory. */
export interface RecalledCluster {
  /** Over the completed cluster file. */
  readonly session: Session;
  readonly diagnostics: readonly Diagnostic[];
  readonly allowed: Recalled['allowed'];
  /** The memory when it was read. */
  readonly before: string | undefined;
  /** The memory after this render. */
  readonly after: string;
}

/** An unreadable file is reported when the nodes are planned. */
function digestOfManifests(read: ReadCluster): string {
  const texts = read.cluster.spec.addons.manifests.map((file) => {
    try {
      return new TextDecoder().decode(readUserFile(join(dirname(read.source.file), file)));
    } catch {
      return '';
    }
  });
  return sha256(JSON.stringify(texts));
}

/** The cluster file completed from the state, without a check of changes. */
export function recallFrom(stored: StateView, session: Session): RecalledCluster {
  const { read, options } = session;
  const before = stored.get(memoryPath);
  const { cluster, memory, allowed, diagnostics } = recall(
    parseMemory(before),
    read.cluster,
    (options.allowChange ?? []).flatMap((names) => names.split(',')),
    digestOfManifests(read),
  );
  return {
    session: sessionOf({ ...read, cluster }, options, session),
    diagnostics: placeDiagnostics(diagnostics, read.source),
    allowed,
    before,
    after: formatMemory(memory),
  };
}

/**
 * Compares the cluster file with the state's memory, before anything is planned.
 * @throws UserMistake for changes that would break a living cluster.
 */
export async function recalled(session: Session): Promise<RecalledCluster> {
  const found = recallFrom(await session.state.read(), session);
  if (hasErrors(found.diagnostics)) throw new UserMistake(found.diagnostics);
  session.notices.warn(found.diagnostics);
  for (const { field, before, after } of found.allowed)
    session.notices.tell(`${field.name} changes from ${before} to ${after}, as --allow-change says`);
  return found;
}

/** The memory to commit with a render. */
export function remembered({ before, after }: RecalledCluster, stored: StateView): ReadonlyMap<string, string> {
  if (stored.get(memoryPath) !== before) throw new EnvironmentFailure(words('state-changed'));
  return new Map([[memoryPath, after]]);
}

/** The cluster as the next render sees it, without a check of changes: a render checks them. */
export async function withMemory(session: Session): Promise<Session> {
  return recallFrom(await session.state.read(), session).session;
}
