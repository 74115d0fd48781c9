import { setTimeout as wait } from 'node:timers/promises';
import { optionMistake } from '../../base/failure.ts';
import { ofOption } from '../../base/option-mistakes.ts';
import { cacheControl, contentType } from '../../mirror/layout/layout.ts';
import type { Waiting } from '../../mirror/layout/store-index.ts';
import { processSurroundings } from '../../net/surroundings.ts';
import { folderStore } from '../../object-store/folder-store.ts';
import { httpStore } from '../../object-store/http-store.ts';
import type { Location } from '../../object-store/location.ts';
import type { S3Options, S3Patience } from '../../object-store/s3/client.ts';
import { checkEndpoint } from '../../object-store/s3/endpoint.ts';
import type { Store, WritableStore } from '../../object-store/store.ts';
import { say } from './messages.ts';

/** Opens the place of a mirror; `use` has it until it ends. The AWS SDK is loaded for buckets only. */
export async function withStore<T>(
  location: Location,
  options: S3Options,
  signal: AbortSignal,
  use: (store: Store) => Promise<T>,
): Promise<T> {
  if (location.kind === 'folder') return use(folderStore(location.path));
  if (location.kind === 'http') return use(httpStore(location.url, processSurroundings(signal)));
  return withS3(location, options, signal, ({ store, proven }) => proven.then(() => use(store)));
}

/** Like `withStore`, for a place that can be changed. */
export async function withWritableStore<T>(
  location: Exclude<Location, { kind: 'http' }>,
  options: S3Options,
  signal: AbortSignal,
  use: (store: WritableStore) => Promise<T>,
): Promise<T> {
  if (location.kind === 'folder') return use(folderStore(location.path));
  return withS3(location, options, signal, ({ store, proven }) => proven.then(() => use(store)));
}

type S3Location = Extract<Location, { kind: 's3' }>;
export type Opened = ReturnType<typeof import('../../object-store/s3/open-s3.ts')['openS3']>;

/** `use` awaits `proven` before it trusts the answers of the store. */
export async function withS3<T>(
  location: S3Location,
  options: S3Options,
  signal: AbortSignal,
  use: (opened: Opened) => Promise<T>,
  patience?: S3Patience,
): Promise<T> {
  const { openS3 } = await import('../../object-store/s3/open-s3.ts');
  const opened = openS3(
    { ...location, headers: { contentType, cacheControl } },
    options,
    process.env,
    signal,
    patience,
  );
  try {
    return await use(opened);
  } finally {
    opened.close();
  }
}

export function waiting(signal: AbortSignal): Waiting {
  return { sleep: (milliseconds) => wait(milliseconds, undefined, { signal }), chance: Math.random };
}

/** @throws UserMistake if --endpoint-url is not the URL of a server. */
export function checkEndpointOption({ endpointUrl }: S3Options): void {
  if (endpointUrl !== undefined) ofOption('--endpoint-url', () => checkEndpoint(endpointUrl));
}

/** Parses the number in an option. */
export function countOption(text: string, name: string, most: number): number {
  const count = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= most) return count;
  throw optionMistake(name, say('not-a-count', { name, most, text }));
}
