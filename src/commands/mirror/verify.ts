import { ofOption, together } from '../../base/option-mistakes.ts';
import { bytesText } from '../../mirror/progress/amounts.ts';
import type { Verdict } from '../../mirror/verify.ts';
import { parseLocation } from '../../object-store/location.ts';
import type { S3Options } from '../../object-store/s3/client.ts';
import { interruptible } from '../../workflow/interrupt.ts';
import { lockFileOf, lockIfThere } from '../../workflow/mirror/lock-file.ts';
import { checkEndpointOption, countOption, withStore } from '../../workflow/mirror/open-store.ts';
import { demandAllRight, verifyByLock } from '../../workflow/mirror/verify.ts';
import { type CommandIo, type GlobalOptions, printJson, surroundings } from '../io.ts';

export interface MirrorVerifyOptions extends GlobalOptions, S3Options {
  readonly target: string;
  readonly lock?: string;
  readonly deep?: boolean;
  readonly concurrency: string;
}

/**
 * `knode mirror verify`: checks that every locked byte is present and right. Lists each artifact; exit code 1 if one is
 * not.
 */
export async function mirrorVerify(options: MirrorVerifyOptions, io: CommandIo): Promise<void> {
  const { target, json, deep = false } = options;
  const [location, concurrency] = together([
    () => ofOption('<target>', () => parseLocation(target)),
    () => countOption(options.concurrency, '--concurrency', 32),
    () => checkEndpointOption(options),
    () => ofOption('--lock', () => lockIfThere(lockFileOf(options))),
  ]);
  const tell = (verdict: Verdict) => {
    if (!json) io.stdout(`${verdictLine(verdict)}\n`);
  };
  const how = { deep, concurrency, tell };
  const verdicts = await interruptible(
    (signal) =>
      withStore(location, options, signal, (store) => verifyByLock(store, lockFileOf(options), how, surroundings(io))),
    'stopped; nothing was changed',
  );
  const ok = verdicts.every(({ status }) => status === 'ok');
  if (json) printJson({ target, ok, artifacts: verdicts }, io);
  demandAllRight(verdicts, target);
  const read = deep ? 'every byte was read' : '--deep reads every byte';
  if (!json) io.stdout(`${target}: all ${verdicts.length} artifacts are there and right; ${read}\n`);
}

const found = { hash: 'hashed', record: 'recorded sha256', size: 'size only' } as const;

/** `ok      etcd/3.6.14/etcd.tar.gz (24.1 MB, hashed)`. */
export function verdictLine({ status, key, size, by, why }: Verdict): string {
  const details = [...(size === undefined ? [] : [bytesText(size)]), ...(by === undefined ? [] : [found[by]])];
  return `${status.padEnd(7)} ${key}${why === undefined ? ` (${details.join(', ')})` : `: ${why}`}`;
}
