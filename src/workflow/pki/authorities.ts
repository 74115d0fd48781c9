import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Diagnostic } from '../../base/diagnostic.ts';
import { UserMistake } from '../../base/failure.ts';
import { replaceFiles } from '../../base/files/write-tree.ts';
import { locate } from '../../base/yaml/positions.ts';
import type { ReadCluster } from '../../model/read-cluster.ts';
import { keyFingerprints, unreadable } from '../../pki/fingerprints.ts';
import {
  type AuthoritiesFile,
  authoritiesFileName,
  formatAuthorities,
  parseAuthorities,
  unfit,
} from '../../record/authorities-file.ts';
import type { StateView } from '../../state/store.ts';
import { readUserFile } from '../read-inputs.ts';
import type { Session } from '../session.ts';
import { say } from './messages.ts';

function fileOf(read: ReadCluster): string {
  return join(dirname(read.source.file), authoritiesFileName);
}

function readAuthorities(read: ReadCluster): AuthoritiesFile | undefined {
  const file = fileOf(read);
  if (!existsSync(file)) return undefined;
  const { value, diagnostics } = parseAuthorities(new TextDecoder().decode(readUserFile(file)), file);
  if (value === undefined) throw new UserMistake(diagnostics);
  return value;
}

/** The error for a state that does not match the tracked fingerprints. */
export function foreignState(
  { read, pki, stateDirectory: directory }: Session,
  stored: StateView,
): readonly Diagnostic[] {
  const file = readAuthorities(read);
  const known = file?.clusters[read.cluster.name];
  if (file === undefined || known === undefined) return [];
  const { missing, other } = unfit(known, keyFingerprints(stored, pki));
  if (missing.length + other.length === 0) return [];
  const isEmpty = stored.paths().length === 0;
  return [
    {
      severity: 'error',
      ...say('state-not-ours', {
        isEmpty,
        directory,
        differs: other.length > 0,
        other,
        missing,
        name: read.cluster.name,
      }),
      span: locate(file.source, ['clusters', read.cluster.name, other[0] ?? missing[0] ?? ''], 'key'),
    },
  ];
}

/** @throws UserMistake if a state does not match the fingerprints that are tracked beside the cluster file. */
export function demandOwnState(session: Session, stored: StateView): void {
  if (session.options.newState || session.options.untrackedState) return;
  const found = foreignState(session, stored);
  if (found.length > 0) throw new UserMistake(found);
}

/**
 * Writes the fingerprints of a state beside the cluster file. A state elsewhere (`--state`) is tracked once the file
 * has the cluster, or with `--new-state`: renders to a temporary state change nothing in a checkout.
 */
export function trackState({ read, pki, options, notices }: Session, stored: StateView): void {
  if (options.dryRun || options.untrackedState) return;
  const before = readAuthorities(read);
  const known = before?.clusters[read.cluster.name];
  if (options.state !== undefined && known === undefined && !options.newState) return;
  const fingerprints = keyFingerprints(stored, pki);
  const isWhole = Object.values(fingerprints).every((one) => one !== unreadable);
  if (Object.keys(fingerprints).length === 0 || !isWhole) return;
  const text = formatAuthorities(before, read.cluster.name, fingerprints);
  const file = fileOf(read);
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
  // The keys are already stored; a read-only checkout loses only the check.
  if (!isWritable(dirname(file))) {
    notices.tell(
      `${dirname(file)} is read-only: ${authoritiesFileName} was not written, so no other state is told apart from this one`,
    );
    return;
  }
  replaceFiles(dirname(file), [{ path: authoritiesFileName, content: text, mode: '0644' }]);
  notices.tell(`wrote ${file}: it names the cluster's keys by fingerprint; keep it in git`);
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
