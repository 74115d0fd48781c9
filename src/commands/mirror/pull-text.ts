import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Pulled, PullTask } from '../../mirror/download/pull.ts';
import { bytesText, rateText, secondsText } from '../../mirror/progress/amounts.ts';
import { type CommandIo, printJson } from '../io.ts';

interface ToldOptions {
  readonly output: string;
  readonly json?: boolean;
}

/** `--dry-run`: the files that would be fetched. An existing file is hashed only by the real run. */
export function tellPlan(tasks: readonly PullTask[], { output, json = false }: ToldOptions, io: CommandIo): void {
  const told = tasks.map(({ entry, key, source }) => {
    const action = existsSync(join(output, key)) ? 'check' : 'fetch';
    return { action, key, from: source.place, ...(entry.size === undefined ? {} : { size: entry.size }) };
  });
  if (json) {
    printJson({ dryRun: true, folder: output, artifacts: told }, io);
    return;
  }
  for (const { action, key, from, size } of told)
    io.stdout(`${action} ${key}${size === undefined ? '' : `, ${bytesText(size)}`}, from ${from}\n`);
  io.stdout('dry run: nothing was written\n');
}

/** The fetched files, and with `--json` the outcome for each file. */
export function tellPulled(
  { summary, done }: Pulled,
  tasks: readonly PullTask[],
  { output, json = false }: ToldOptions,
  io: CommandIo,
): void {
  const { transferred, kept, failed, bytes, seconds } = summary;
  if (json) {
    const measured = new Map(done.map((one) => [one.task.key, one.measured]));
    const artifacts = tasks.map(({ key, source }) => {
      const found = measured.get(key);
      const result = found === undefined ? { there: false } : { there: true, size: found.size, sha256: found.sha256 };
      return { key, from: source.place, ...result };
    });
    const counts = { transferred, kept, failed, bytes, seconds };
    printJson({ dryRun: false, folder: output, artifacts, summary: counts }, io);
    return;
  }
  const rate = bytes === 0 ? '' : `, ${rateText(bytes, seconds)}`;
  const files = (count: number) => `${count} file${count === 1 ? '' : 's'}`;
  const parts = [
    `pulled ${files(transferred)} into ${output}: ${bytesText(bytes)} in ${secondsText(seconds)}${rate}`,
    ...(kept === 0 ? [] : [`${files(kept)} were there already`]),
    ...(failed === 0 ? [] : [`${files(failed)} missing`]),
  ];
  io.stdout(`${parts.join('; ')}\n`);
}
