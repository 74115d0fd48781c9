import { sha256 } from '../base/digest.ts';
import { failures } from './messages.ts';

/** `state.json`: replacing this file is the moment of a commit. */
export interface StateIndex {
  readonly version: 1;
  readonly cluster: string;
  /** Number of commits. */
  readonly revision: number;
  /** SHA-256 by path. */
  readonly files: Readonly<Record<string, string>>;
}

export const stateIndexName = 'state.json';

/** Names at the top of the directory that knode uses itself; they are never entries. */
export const reserved: ReadonlySet<string> = new Set([
  stateIndexName,
  'lock',
  'lock.takeover',
  'pending',
  '.gitignore',
]);

/**
 * Entries become paths on the disk: relative, inside the directory, without characters that are special to a shell or
 * another system.
 */
export function checkEntryPath(path: string): void {
  const segments = path.split('/');
  const safe = segments.every((segment) => /^[A-Za-z0-9_][A-Za-z0-9._@-]*$/.test(segment));
  if (!safe || path.endsWith('.tmp') || reserved.has(segments[0] ?? '')) {
    throw new Error(`state: ${JSON.stringify(path)} cannot be an entry`);
  }
}

/** Place of an entry between its writing and its commit. One name per path and content, so nothing is overwritten. */
export function pendingName(path: string, hash: string): string {
  return `pending/${sha256(`${path}\n${hash}`)}`;
}

export function formatStateIndex(manifest: StateIndex): string {
  const { version, cluster, revision } = manifest;
  const files = Object.fromEntries(Object.entries(manifest.files).sort(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify({ version, cluster, revision, files }, undefined, 2)}\n`;
}

/**
 * Parses `state.json`.
 * @throws the failure to show if it is invalid.
 */
export function parseStateIndex(text: string, directory: string): StateIndex {
  const file = `${directory}/${stateIndexName}`;
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null) throw failures.badManifest(directory, file);
  const { version, cluster, revision, files } = value as Partial<Record<string, unknown>>;
  if (typeof version === 'number' && version > 1) throw failures.newer(file, version);
  const whole = version === 1 && typeof cluster === 'string' && Number.isInteger(revision) && isDigests(files);
  if (!whole) throw failures.badManifest(directory, file);
  return { version: 1, cluster, revision: Number(revision), files };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isDigests(value: unknown): value is Record<string, string> {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).every(([path, digest]) => isEntryPath(path) && /^[0-9a-f]{64}$/.test(String(digest)));
}

function isEntryPath(path: string): boolean {
  try {
    checkEntryPath(path);
    return true;
  } catch {
    return false;
  }
}
