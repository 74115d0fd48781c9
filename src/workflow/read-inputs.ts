import { readFileSync, type Stats, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DataPath, Diagnostic, Report } from '../base/diagnostic.ts';
import { UserMistake } from '../base/failure.ts';
import { checkOwnFile } from '../component/machine/own-files.ts';
import type { NodePlan, PlannedFile } from '../component/plan.ts';
import { type ReadOptions, readCluster } from '../component/read-cluster.ts';
import { decodeClusterFile } from '../model/loading/load.ts';
import { placeDiagnostics, type ReadCluster } from '../model/read-cluster.ts';
import { openSecret, secretWithin } from '../model/rules/secrets.ts';
import { say as words } from './messages.ts';

/** Larger than any file that a cluster file should name; protects against a huge sparse file, too. Bytes. */
const maxUserFileBytes = 64 * 1024 * 1024;

/**
 * Reads a file that the user named; errors are the user's to correct. Reading a named pipe would block, and a device
 * may never end, so both are refused; an open end of a pipe (/dev/stdin, `<(...)` of a shell) is allowed.
 */
export function readUserFile(path: string): Uint8Array {
  try {
    const problem = problemOf(path, statSync(path));
    if (problem === undefined) return readFileSync(path);
    throw unreadable(path, problem, 'name a file that holds what is meant');
  } catch (error) {
    if (error instanceof UserMistake) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw unreadable(path, reasonOf(code), hintFor(code, path));
  }
}

function unreadable(path: string, why: string, hint: string): UserMistake {
  return new UserMistake([{ severity: 'error', ...words('file-unreadable', { path, why, hint }) }]);
}

function problemOf(path: string, info: Stats): string | undefined {
  if (/^\/(dev\/(stdin$|fd\/)|proc\/self\/fd\/)/.test(path) || info.isDirectory()) return undefined;
  if (info.isFIFO()) return 'it is a named pipe';
  if (!info.isFile()) return 'it is a device or a socket';
  return info.size > maxUserFileBytes ? `it has ${info.size} bytes` : undefined;
}

function reasonOf(code: string | undefined): string {
  const reasons: Record<string, string> = {
    ENOENT: 'there is no such file',
    EACCES: 'permission denied',
    EISDIR: 'it is a folder',
    ENOTDIR: 'a part of the path is a file',
    ELOOP: 'its symbolic links lead in a circle',
  };
  return reasons[code ?? ''] ?? String(code);
}

function hintFor(code: string | undefined, path: string): string {
  if (code !== 'ENOENT') return 'name a file that you may read';
  return path.endsWith('cluster.yaml') ? 'name one with -f, or write one to begin with: knode init' : 'check the path';
}

/** The cluster file from disk, validated and derived. */
export function readClusterFile(path: string, options: ReadOptions = {}): Report<ReadCluster> {
  const text = decodeClusterFile(readUserFile(path), path);
  return text.value === undefined ? { diagnostics: text.diagnostics } : readCluster(text.value, path, options);
}

/** The user's own files in the plans, by their path in the cluster file. */
export type Sources = ReadonlyMap<string, string>;

/** A private key or a login in a file of `extraFiles` without `secret: true`. */
function openSecretIn({ secret, path, from }: PlannedFile, text: string): Diagnostic | undefined {
  const what = secret || from?.[0] !== 'extraFiles' ? undefined : secretWithin(text);
  return what === undefined ? undefined : openSecret(path, what, [...(from ?? []), 'source']);
}

/** Reads every `source` of the plans, relative to the cluster file. Reports all missing or wrong files at once. */
export function readSources(plans: readonly Pick<NodePlan, 'files'>[], read: ReadCluster): Report<Sources> {
  const sources = new Map<string, string>();
  const diagnostics = new Map<string, Diagnostic>();
  const files = plans.flatMap((plan) => plan.files).filter((file) => file.content.kind === 'source');
  for (const file of files) {
    if (file.content.kind !== 'source' || sources.has(file.content.file)) continue;
    const name = file.content.file;
    const found = readSource(name, read, file.from);
    if (typeof found !== 'string') {
      diagnostics.set(name, found);
      continue;
    }
    sources.set(name, found);
    const open = openSecretIn(file, found);
    if (open !== undefined) diagnostics.set(name, open);
  }
  const checked = new Map(files.map((file) => [JSON.stringify([file.path, file.from]), file]));
  const problems = [...checked.values()].flatMap((file) => checkOwnFile(read.cluster, file, sources));
  return { value: sources, diagnostics: placeDiagnostics([...diagnostics.values(), ...problems], read.source) };
}

/** The text of one source, or the reason why there is none. */
function readSource(name: string, read: ReadCluster, from: DataPath | undefined): string | Diagnostic {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readUserFile(join(dirname(read.source.file), name)));
  } catch (error) {
    return {
      severity: 'error',
      ...words('source-unreadable', { name, why: error instanceof UserMistake ? error.message : undefined }),
      ...(from === undefined ? {} : { path: from }),
    };
  }
}
