import { basename, dirname } from 'node:path';
import { mistake } from '../../base/failure.ts';
import { replaceFiles } from '../../base/files/write-tree.ts';
import { ofOption, together } from '../../base/option-mistakes.ts';
import { presignMessages } from '../../mirror/presign-messages.ts';
import { presignedText } from '../../mirror/presigned.ts';
import { type Location, parseLocation } from '../../object-store/location.ts';
import type { S3Options } from '../../object-store/s3/client.ts';
import { s3Client } from '../../object-store/s3/client.ts';
import { presignKeys } from '../../object-store/s3/presign.ts';
import { demandLock, keyOf, lockFileOf } from '../../workflow/mirror/lock-file.ts';
import { checkEndpointOption } from '../../workflow/mirror/open-store.ts';
import { type CommandIo, type GlobalOptions, printJson, warn } from '../io.ts';
import { say } from '../messages.ts';

export interface MirrorPresignOptions extends GlobalOptions, S3Options {
  readonly target: string;
  readonly expires: string;
  readonly lock?: string;
  /** The file for `render --presigned`. */
  readonly output?: string;
}

/** Signature Version 4 allows no longer validity. */
const longestSeconds = 7 * 24 * 3600;

/** `knode mirror presign`: a URL for every locked artifact of a private bucket. It sends no request to the server. */
export async function mirrorPresign(options: MirrorPresignOptions, io: CommandIo): Promise<void> {
  const [{ bucket, prefix }, seconds, keys] = together([
    () => ofOption('<target>', () => s3Only(options.target)),
    () => ofOption('--expires', () => parseExpiry(options.expires)),
    () => ofOption('--lock', () => demandLock(lockFileOf(options)).entries.map(keyOf)),
    () => checkEndpointOption(options),
  ]);
  const client = s3Client(options, process.env);
  const now = io.clock.now();
  const place = { client, bucket, prefix, endpoint: options.endpointUrl ?? 'S3' };
  const { urls, credentialsEnd } = await presignKeys(place, keys, { seconds, now });
  client.destroy();
  const asked = new Date(now.getTime() + seconds * 1000);
  const expires = credentialsEnd !== undefined && credentialsEnd < asked ? credentialsEnd : asked;
  if (expires < asked) {
    const [message, hint] = [presignMessages.credentialsEnd(expires.toISOString()), presignMessages.credentialsEndHint];
    warn([{ severity: 'warning', code: 'credentials-end', message, hint }], io);
  }
  const { target, output, json, dryRun = false } = options;
  if (output !== undefined && !dryRun) {
    const content = presignedText(expires, urls);
    replaceFiles(dirname(output), [{ path: basename(output), content, mode: '0600' }]);
    io.stderr(`knode: ${presignMessages.signed(urls.size, output, expires.toISOString())}\n`);
  } else if (!json) for (const [key, url] of urls) io.stdout(`${key} ${url}\n`);
  // A presigned URL is a secret: the document names only the keys.
  if (json)
    printJson({ dryRun, target, output: output ?? null, expires: expires.toISOString(), keys: [...urls.keys()] }, io);
}

function s3Only(target: string): Extract<Location, { kind: 's3' }> {
  const location = parseLocation(target);
  if (location.kind === 's3') return location;
  throw mistake(say('not-a-bucket/only-s3', { text: target }));
}

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Parses `6h` as seconds. */
function parseExpiry(text: string): number {
  const [, count = '0', unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const seconds = Number(count) * (units[unit] ?? 0);
  if (seconds >= 1 && seconds <= longestSeconds) return seconds;
  throw mistake(say('not-an-expiry', { text }));
}
