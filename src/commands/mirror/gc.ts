import { mistake } from '../../base/failure.ts';
import { ofOption, together } from '../../base/option-mistakes.ts';
import { findGarbage, type Garbage, removeGarbage } from '../../mirror/garbage.ts';
import { demandIndex } from '../../mirror/layout/store-index.ts';
import { bytesText } from '../../mirror/progress/amounts.ts';
import { type Location, parseLocation } from '../../object-store/location.ts';
import type { S3Options } from '../../object-store/s3/client.ts';
import type { WritableStore } from '../../object-store/store.ts';
import { interruptible } from '../../workflow/interrupt.ts';
import { demandLock, keyOf } from '../../workflow/mirror/lock-file.ts';
import { checkEndpointOption, waiting, withWritableStore } from '../../workflow/mirror/open-store.ts';
import { type CommandIo, type GlobalOptions, printJson } from '../io.ts';
import { say as words } from '../messages.ts';

export interface MirrorGcOptions extends GlobalOptions, S3Options {
  readonly target: string;
  /** Lock files. */
  readonly keep: readonly string[];
  readonly yes?: boolean;
}

/** `knode mirror gc`: removes what none of the given locks names. Without `--yes` it only lists it. */
export async function mirrorGc(options: MirrorGcOptions, io: CommandIo): Promise<void> {
  const [location, , ...kept] = together([
    () => ofOption('<target>', () => writableLocation(options.target)),
    () => checkEndpointOption(options),
    // All locks are read before the first request: the artifacts of an unreadable lock would look like garbage.
    ...options.keep.map((file) => () => ofOption('--keep', () => demandLock(file).entries.map(keyOf))),
  ]);
  const keep = new Set(kept.flat());
  await interruptible(
    (signal) =>
      withWritableStore(location, options, signal, (store) =>
        collect(store, keep, location.kind === 's3', { options, io, signal }),
      ),
    'stopped; the index names only what is there, the same command goes on',
  );
}

function writableLocation(target: string): Exclude<Location, { kind: 'http' }> {
  const location = parseLocation(target);
  if (location.kind !== 'http') return location;
  throw mistake(words('read-only-mirror', { text: target }));
}

async function collect(
  store: WritableStore,
  keep: ReadonlySet<string>,
  recorded: boolean,
  { options, io, signal }: { options: MirrorGcOptions; io: CommandIo; signal: AbortSignal },
): Promise<void> {
  const { index } = await demandIndex(store);
  const garbage = await findGarbage(store, index, keep, { now: io.clock.now(), recorded });
  const doIt = options.yes === true && options.dryRun !== true;
  const say = (key: string) => {
    if (!options.json) io.stdout(`${doIt ? 'removed' : 'remove'} ${key}\n`);
  };
  const planned = [...garbage.unlocked, ...garbage.orphans].map(({ key }) => key);
  if (!doIt) planned.forEach(say);
  const removed = doIt ? await removeGarbage(store, garbage, waiting(signal), say) : [];
  if (options.json) {
    const [kept, foreign] = [index.artifacts.length - garbage.unlocked.length, garbage.foreign.map(({ key }) => key)];
    return printJson({ target: options.target, dryRun: !doIt, garbage: planned, removed, kept, foreign }, io);
  }
  io.stdout(`${summary(garbage, index.artifacts.length)}${doIt ? '' : '; nothing was removed, --yes does it'}\n`);
}

function summary({ unlocked, orphans, foreign }: Garbage, indexed: number): string {
  const bytes = bytesText([...unlocked, ...orphans].reduce((sum, { size }) => sum + size, 0));
  const others = foreign.length === 0 ? '' : `, ${foreign.length} other files left alone`;
  return `${unlocked.length + orphans.length} files that no lock needs (${bytes}), ${indexed - unlocked.length} kept${others}`;
}
