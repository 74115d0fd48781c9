import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Diagnostic, Report } from '../base/diagnostic.ts';
import { UserMistake } from '../base/failure.ts';
import type { NodePlan } from '../component/plan.ts';
import { decodeClusterFile } from '../model/load.ts';
import { placeDiagnostics, type ReadCluster, readCluster } from '../model/read-cluster.ts';

/** Reads a file that the user named; what is wrong with it is the user's to mend. */
export function readUserFile(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserMistake([
      {
        severity: 'error',
        code: 'file-unreadable',
        message: `cannot read ${path}: ${reasonOf(code)}`,
        hint: hintFor(code, path),
      },
    ]);
  }
}

function reasonOf(code: string | undefined): string {
  const reasons: Record<string, string> = {
    ENOENT: 'there is no such file',
    EACCES: 'permission denied',
    EISDIR: 'it is a folder',
  };
  return reasons[code ?? ''] ?? String(code);
}

function hintFor(code: string | undefined, path: string): string {
  if (code !== 'ENOENT') return 'name a file that you may read';
  return path.endsWith('cluster.yaml') ? 'name one with -f, or write one to begin with: knode init' : 'check the path';
}

/** The cluster file from disk, validated and derived. */
export function readClusterFile(path: string): Report<ReadCluster> {
  const text = decodeClusterFile(readUserFile(path), path);
  return text.value === undefined ? { diagnostics: text.diagnostics } : readCluster(text.value, path);
}

/** Files of the user's own that plans refer to, by their path in the cluster file. */
export type Sources = ReadonlyMap<string, string>;

/** Reads every `source` of the plans, relative to the cluster file. All that are missing are reported at once. */
export function readSources(plans: readonly NodePlan[], read: ReadCluster): Report<Sources> {
  const sources = new Map<string, string>();
  const diagnostics = new Map<string, Diagnostic>();
  for (const file of plans.flatMap((plan) => plan.files)) {
    if (file.content.kind !== 'source' || sources.has(file.content.file)) continue;
    const name = file.content.file;
    try {
      const bytes = readUserFile(join(dirname(read.source.file), name));
      sources.set(name, new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    } catch (error) {
      const message = error instanceof UserMistake ? error.message : `${name} is not UTF-8 text`;
      const hint = 'paths are relative to the cluster file';
      diagnostics.set(name, {
        severity: 'error',
        code: 'source-unreadable',
        message,
        hint,
        ...(file.from ? { path: file.from } : {}),
      });
    }
  }
  return { value: sources, diagnostics: placeDiagnostics([...diagnostics.values()], read.source) };
}
