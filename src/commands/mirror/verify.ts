import { UserMistake } from '../../base/failure.ts';
import { ofOption, together } from '../../base/option-mistakes.ts';
import { demandIndex } from '../../mirror/layout/store-index.ts';
import { expectedOfIndex, expectedOfLock, type Verdict, verifyMirror } from '../../mirror/verify.ts';
import { verifyMessages } from '../../mirror/verify-messages.ts';
import { parseLocation } from '../../object-store/location.ts';
import type { S3Options } from '../../object-store/s3/client.ts';
import type { Store } from '../../object-store/store.ts';
import { interruptible } from '../../workflow/interrupt.ts';
import { keyOf, lockFileOf, lockIfThere } from '../../workflow/mirror/lock-file.ts';
import { checkEndpointOption, countOption, withStore } from '../../workflow/mirror/open-store.ts';
import { type CommandIo, type GlobalOptions, printJson } from '../io.ts';
import { bytesText } from './transfer-text.ts';

export interface MirrorVerifyOptions extends GlobalOptions, S3Options {
  readonly target: string;
  readonly lock?: string;
  readonly deep?: boolean;
  readonly concurrency: string;
}

/** `knode mirror verify`: is every locked byte there and right? Lists each artifact; what is not ends it with exit code 1. */
export async function mirrorVerify(options: MirrorVerifyOptions, io: CommandIo): Promise<void> {
  const [location] = together([
    () => ofOption('<target>', () => parseLocation(options.target)),
    () => countOption(options.concurrency, '--concurrency', 32),
    () => checkEndpointOption(options),
    () => ofOption('--lock', () => lockIfThere(lockFileOf(options))),
  ]);
  const verdicts = await interruptible(
    (signal) => withStore(location, options, signal, (store) => verifyStore(store, options, io)),
    'stopped; nothing was changed',
  );
  const bad = verdicts.filter(({ status }) => status !== 'ok');
  if (options.json) printJson({ target: options.target, ok: bad.length === 0, artifacts: verdicts }, io);
  if (bad.length > 0) throw failed(bad, verdicts.length, options.target);
  if (!options.json)
    io.stdout(`${options.target}: all ${verdicts.length} artifacts are there and right${how(options)}\n`);
}

function how({ deep }: MirrorVerifyOptions): string {
  return deep ? '; every byte was read' : '; --deep reads every byte';
}

async function verifyStore(store: Store, options: MirrorVerifyOptions, io: CommandIo): Promise<readonly Verdict[]> {
  const file = lockFileOf(options);
  const lock = lockIfThere(file);
  if (lock === undefined) io.stderr(`knode: ${verifyMessages.noLock(file)}\n`);
  const { index } = await demandIndex(store);
  const expected = lock === undefined ? expectedOfIndex(index) : expectedOfLock(lock.entries, keyOf);
  const { deep = false, concurrency } = options;
  const tell = (verdict: Verdict) => {
    if (!options.json) io.stdout(`${line(verdict)}\n`);
  };
  return verifyMirror(store, index, expected, { deep, concurrency: Number(concurrency), tell });
}

const found = { hash: 'hashed', record: 'recorded sha256', size: 'size only' } as const;

function line({ status, key, size, by, why }: Verdict): string {
  const details = [...(size === undefined ? [] : [bytesText(size)]), ...(by === undefined ? [] : [found[by]])];
  return `${status.padEnd(7)} ${key}${why === undefined ? ` (${details.join(', ')})` : `: ${why}`}`;
}

function failed(bad: readonly Verdict[], all: number, target: string): UserMistake {
  const list = bad.map(({ label, why }) => `${label}: ${why}`);
  const message = `${verifyMessages.failed(target, bad.length, all)}: ${list.join('; ')}`;
  return new UserMistake([{ severity: 'error', code: 'mirror-not-right', message, hint: verifyMessages.failedHint }]);
}

/** The same for the embedded server, before it begins to serve. */
export async function verifyFolder(store: Store, io: CommandIo, options: GlobalOptions): Promise<void> {
  const { index } = await demandIndex(store);
  const tell = (verdict: Verdict) => {
    if (verdict.status !== 'ok' && !options.json) io.stderr(`knode: ${line(verdict)}\n`);
  };
  const verdicts = await verifyMirror(store, index, expectedOfIndex(index), { deep: true, concurrency: 2, tell });
  const bad = verdicts.filter(({ status }) => status !== 'ok');
  if (bad.length > 0) throw failed(bad, verdicts.length, store.place);
}
