import { artifactLabel } from '../../mirror/catalogue/identity.ts';
import type { LockPlan } from '../../mirror/lock/plan.ts';
import type { LockEntry } from '../../mirror/lock/schema.ts';
import type { LockChange, LockUpdate } from '../../mirror/lock/update.ts';
import { bytesText } from '../../mirror/progress/amounts.ts';
import { type CommandIo, printJson } from '../io.ts';

export interface ToldLock {
  readonly lockFile: string;
  readonly changed: boolean;
  readonly update: LockUpdate;
  readonly plan: LockPlan;
}

/** Prints what `knode mirror lock` did, or would do. */
export function tellLock(
  told: ToldLock,
  options: { json?: boolean; dryRun?: boolean; prune?: boolean },
  io: CommandIo,
): void {
  const { lockFile, changed, update, plan } = told;
  const unneeded = options.prune ? [] : plan.unneeded;
  if (options.json) {
    const failed = update.failed.map(({ task, failure }) => ({
      ...task.need,
      code: failure.code,
      message: failure.message,
    }));
    printJson({ dryRun: options.dryRun ?? false, lock: lockFile, changes: update.changes, unneeded, failed }, io);
    return;
  }
  for (const change of update.changes) io.stdout(`${changeText(change)}\n`);
  if (unneeded.length > 0)
    io.stderr(`knode: no node needs ${unneeded.map(artifactLabel).join(', ')}: --prune drops them from the lock\n`);
  const count = `${update.entries.length} artifact${update.entries.length === 1 ? '' : 's'}`;
  if (options.dryRun) io.stdout('dry run: nothing was written\n');
  else io.stdout(changed ? `wrote ${lockFile}: ${count}\n` : `${lockFile} is whole: ${count}, nothing changed\n`);
}

function changeText({ action, before, after }: LockChange): string {
  if (after === undefined) return before === undefined ? action : `${action} ${artifactLabel(before)}`;
  const head = `${action} ${artifactLabel(after)}: `;
  if (before === undefined) return `${head}${pinText(after)}, ${originText(after)}`;
  const fields = [
    ...(before.checksum === after.checksum
      ? []
      : [`${before.algorithm} ${before.checksum} -> sha256 ${after.checksum}`]),
    ...(before.size === after.size ? [] : [`size ${before.size ?? 'unknown'} -> ${after.size}`]),
    ...(before.url === after.url ? [] : [`url ${before.url} -> ${after.url}`]),
    ...(before.key === after.key ? [] : [`key ${after.key}`]),
    ...(before.checksumFrom === after.checksumFrom ? [] : [originText(after)]),
  ];
  return `${head}${fields.join(', ')}`;
}

function pinText({ checksum, size = 0 }: LockEntry): string {
  return `sha256 ${checksum}, ${bytesText(size)}`;
}

const origins: Readonly<Record<LockEntry['checksumFrom'], string>> = {
  published: 'published by upstream',
  'first-download': 'from the first download',
  user: 'from the cluster file',
  knode: 'made by knode',
};

function originText({ checksumFrom }: LockEntry): string {
  return origins[checksumFrom];
}
