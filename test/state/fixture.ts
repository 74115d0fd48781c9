import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fixedClock } from '../../src/base/clock.ts';
import { EnvironmentFailure, UserMistake } from '../../src/base/failure.ts';
import { type LocalStateOptions, localState } from '../../src/state/local-state.ts';
import type { StateStore } from '../../src/state/store.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** A path in a fresh directory; nothing exists there yet. */
export function freshPath(): string {
  return join(tempFolder('state'), '.knode');
}

export function open(directory: string, over: Partial<LocalStateOptions> = {}): StateStore {
  return localState({ directory, cluster: 'demo', clock: fixedClock('2026-11-21T07:30:00Z'), waitMs: 0, ...over });
}

export function commit(store: StateStore, entries: Readonly<Record<string, string>>): Promise<void> {
  return store.withLock((session) => session.commit(new Map(Object.entries(entries))));
}

export const sample = {
  'pki/kubernetes-ca.crt': 'certificate\n',
  'pki/kubernetes-ca.key': 'key\n',
  'pki/certificates/etcd-peer@m1.key': 'Schlüssel\n',
  'secrets/bootstrap.json': '{}\n',
};

/** A state with the sample in it; gives its directory. */
export async function sampleState(): Promise<string> {
  const directory = freshPath();
  await commit(open(directory), sample);
  return directory;
}

/** Everything below a directory, as `mode path`. */
export function tree(directory: string): string[] {
  return (readdirSync(directory, { recursive: true }) as string[])
    .map((path) => `${(statSync(join(directory, path)).mode & 0o7777).toString(8)} ${path}`)
    .sort((a, b) => (a.slice(4) < b.slice(4) ? -1 : 1));
}

/** `code: message | hint` of what the work throws for the user. */
export async function complaint(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => 'nothing was thrown',
    (thrown: unknown) => thrown,
  );
  if (error instanceof EnvironmentFailure) return `${error.code}: ${error.message} | ${error.hint}`;
  if (error instanceof UserMistake)
    return error.diagnostics.map((d) => `${d.code}: ${d.message} | ${d.hint}`).join('\n');
  return `unexpected: ${error}`;
}

/** Starts `child.ts` in a process of its own. */
export function start(...args: readonly string[]): ChildProcess {
  const script = fileURLToPath(new URL('child.ts', import.meta.url));
  return spawn(process.execPath, ['--import', 'tsx', script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Waits for a child's end and gives what it printed. */
export function finished(child: ChildProcess): Promise<{ code: number | null; output: string }> {
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  return new Promise((done) => child.on('close', (code) => done({ code, output })));
}
