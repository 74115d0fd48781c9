import { type Diagnostic, hasErrors } from '../../base/diagnostic.ts';
import { mistake, UserMistake } from '../../base/failure.ts';
import { ofOption, together } from '../../base/option-mistakes.ts';
import { readFolderIndex } from '../../mirror/layout/folder-index.ts';
import type { MirrorIndex } from '../../mirror/layout/layout.ts';
import { bytesText, rateText, secondsText } from '../../mirror/progress/amounts.ts';
import { transferProgress } from '../../mirror/progress/transfer-progress.ts';
import { pushMessages } from '../../mirror/push/messages.ts';
import { type PlannedPush, planProblems, planPush } from '../../mirror/push/plan.ts';
import { push } from '../../mirror/push/push.ts';
import type { TransferSummary } from '../../mirror/transfer-event.ts';
import { type Location, parseLocation } from '../../object-store/location.ts';
import type { S3Options, S3Patience } from '../../object-store/s3/client.ts';
import type { ObjectStore } from '../../object-store/upload.ts';
import { interruptible } from '../../workflow/interrupt.ts';
import { checkEndpointOption, countOption, type Opened, waiting, withS3 } from '../../workflow/mirror/open-store.ts';
import { type CommandIo, demand, type GlobalOptions, printJson } from '../io.ts';
import { say } from '../messages.ts';

export interface MirrorPushOptions extends GlobalOptions, S3Options {
  readonly target: string;
  /** The folder to push. */
  readonly input: string;
  readonly replace?: boolean;
  readonly concurrency: string;
}

/** `knode mirror push`: publishes a folder in a bucket. Existing objects are not changed without `--replace`. */
export async function mirrorPush(options: MirrorPushOptions, io: CommandIo, patience?: S3Patience): Promise<void> {
  const [location, index] = together([
    () => ofOption('<target>', () => s3Only(options.target)),
    () => ofOption('--input', () => folderIndex(options.input, io)),
    () => countOption(options.concurrency, '--concurrency', 32),
    () => checkEndpointOption(options),
  ]);
  await interruptible(
    (signal) => withS3(location, options, signal, (opened) => pushTo(opened, index, options, io, signal), patience),
    pushMessages.interrupted,
  );
}

function s3Only(target: string): Extract<Location, { kind: 's3' }> {
  const location = parseLocation(target);
  if (location.kind === 's3') return location;
  throw mistake(say('not-a-bucket/push', { text: target }));
}

function folderIndex(folder: string, io: CommandIo): MirrorIndex {
  const report = readFolderIndex(folder);
  if (report.value === undefined && report.diagnostics.length === 0)
    throw mistake(say('not-a-mirror/no-index', { folder }));
  return demand(report, io);
}

async function pushTo(
  { store, proven }: Opened,
  index: MirrorIndex,
  options: MirrorPushOptions,
  io: CommandIo,
  signal: AbortSignal,
): Promise<void> {
  const { input: folder, replace = false } = options;
  const ticks = () => performance.now();
  const begun = ticks();
  const asked = planPush(index, store);
  asked.catch(() => {});
  await proven;
  const plan = await asked;
  const problems = await planProblems(plan, { folder, place: store.place, replace });
  if (options.dryRun) return tellPlan(plan, problems, options, io);
  if (hasErrors(problems)) throw new UserMistake(problems);
  const progress = transferProgress(io, { json: options.json ?? false, verb: 'pushed', ticks });
  try {
    start(plan, (event) => progress.tell(event));
    const { uploaded } = await push(plan, index, store, {
      ...waiting(signal),
      folder,
      replace,
      concurrency: Number(options.concurrency),
      signal,
      tell: (event) => progress.tell(event),
      note: (text) => io.stderr(`knode: ${text}\n`),
      ticks,
      now: () => io.clock.now(),
    });
    progress.end();
    const bytes = uploaded.reduce((sum, { size }) => sum + size, 0);
    const kept = index.artifacts.length - uploaded.length;
    const seconds = (ticks() - begun) / 1000;
    const summary = { transferred: uploaded.length, kept, failed: 0, bytes, seconds };
    const keys = new Set(uploaded.map(({ key }) => key));
    tellSummary(summary, { index, keys, store }, options, io);
  } finally {
    progress.end();
  }
}

type Tell = Parameters<typeof push>[3]['tell'];

function start(plan: readonly PlannedPush[], tell: Tell): void {
  const files = plan.filter(({ state }) => state !== 'same');
  tell({ event: 'start', files: files.length, bytes: files.reduce((sum, { entry }) => sum + entry.size, 0) });
  for (const { entry, state } of plan) if (state === 'same') tell({ event: 'kept', key: entry.key, size: entry.size });
}

interface PushedTo {
  readonly index: MirrorIndex;
  /** Keys of the files that were sent. */
  readonly keys: ReadonlySet<string>;
  readonly store: ObjectStore;
}

function tellSummary(
  summary: Omit<TransferSummary, 'event'>,
  { index, keys, store }: PushedTo,
  options: MirrorPushOptions,
  io: CommandIo,
): void {
  const { place } = store;
  if (options.json) {
    const files = index.artifacts.map((entry) => ({ action: keys.has(entry.key) ? 'uploaded' : 'same', ...entry }));
    printJson({ dryRun: false, target: place, files, summary }, io);
    return;
  }
  const { transferred, kept, bytes, seconds } = summary;
  const rate = bytes === 0 ? '' : `, ${rateText(bytes, seconds)}`;
  const files = (count: number) => `${count} ${count === 1 ? 'file' : 'files'}`;
  io.stdout(
    `${place}: ${files(transferred)} pushed, ${kept} there already; ${bytesText(bytes)} in ${secondsText(seconds)}${rate}\n`,
  );
}

/** The actions of a push. Objects that it must not overwrite are already mistakes here. */
function tellPlan(
  plan: readonly PlannedPush[],
  problems: readonly Diagnostic[],
  { json, replace = false, target: place }: MirrorPushOptions,
  io: CommandIo,
): void {
  const words = { missing: 'upload', same: 'same', differs: replace ? 'replace' : 'differs' } as const;
  const files = plan.map(({ entry, state, there }) => ({ action: words[state], ...entry, ...(there && { there }) }));
  if (json) printJson({ dryRun: true, target: place, files }, io);
  else {
    for (const { action, key, size } of files) io.stdout(`${action} ${key} (${bytesText(size)})\n`);
    const open = files.filter(({ action }) => action !== 'same');
    const total = bytesText(open.reduce((sum, { size }) => sum + size, 0));
    io.stdout(`${open.length} of ${files.length} files, ${total}; dry run: nothing was written\n`);
  }
  if (hasErrors(problems)) throw new UserMistake(problems);
}
