import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseDocument } from 'yaml';
import { UserMistake } from '../base/failure.ts';
import { packagePath } from '../base/package-root.ts';
import { replaceFiles } from '../base/write-tree.ts';
import { lockFileName } from '../mirror/lock.ts';
import { stringifyLock } from '../mirror/lock-file.ts';
import { publishedLockEntries } from '../mirror/published.ts';
import { readCluster } from '../model/read-cluster.ts';
import { type CommandIo, demand, type GlobalOptions } from './io.ts';
import { planNodes } from './render-nodes.ts';

export interface InitOptions extends GlobalOptions {
  readonly name?: string;
}

/** The commented cluster file that `init` writes, under another name. */
function clusterFileText(name: string | undefined): string {
  const document = parseDocument(readFileSync(packagePath('templates/cluster-file/cluster.yaml'), 'utf8'));
  if (name !== undefined) document.set('name', name);
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

/**
 * `knode init`: a cluster file to begin with and the lock that pins its artifacts by the checksums that upstream publishes.
 * Neither is ever overwritten.
 */
export function init(options: InitOptions, io: CommandIo): void {
  const folder = dirname(options.file);
  const lockFile = join(folder, lockFileName);
  const taken = [options.file, lockFile].filter((path) => existsSync(path));
  if (taken.length > 0) {
    const diagnostics = taken.map(
      (path) =>
        ({
          severity: 'error',
          code: 'file-exists',
          message: `${path} is there already`,
          hint: 'init writes only new files: choose another folder or -f',
        }) as const,
    );
    throw new UserMistake(diagnostics);
  }
  const text = clusterFileText(options.name);
  const read = demand(readCluster(text, options.file), io);
  const entries = publishedLockEntries(planNodes(read, read.cluster.nodes).flatMap((plan) => plan.artifacts));
  if (options.dryRun) {
    io.stdout(`write ${options.file}\nwrite ${lockFile}\ndry run: nothing was written\n`);
    return;
  }
  replaceFiles(folder, [
    { path: basename(options.file), content: text, mode: '0644' },
    { path: lockFileName, content: stringifyLock(entries), mode: '0644' },
  ]);
  io.stdout(`wrote ${options.file} and ${lockFile}\nnext: change the addresses, then knode validate\n`);
}
