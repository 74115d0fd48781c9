import { defaultS3Patience, type S3Options, type S3Patience, s3Client } from './client.ts';
import type { S3Place } from './place.ts';
import { type S3Store, s3Store } from './s3-store.ts';

export interface OpenedS3 {
  readonly store: S3Store;
  readonly place: S3Place;
  /** Lets go of its connections. */
  close(): void;
}

/** Tries of a first contact: a wrong address should not take a minute to be told. */
const firstTries = 5;

/** Opens a bucket and proves at once that server, bucket and credentials are right, by asking for one key. */
export async function openS3(
  location: { readonly bucket: string; readonly prefix: string },
  options: S3Options,
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
  patience: S3Patience = defaultS3Patience,
): Promise<OpenedS3> {
  const first = s3Client(options, env, { ...patience, tries: Math.min(firstTries, patience.tries) });
  const client = s3Client(options, env, patience);
  const endpoint = options.endpointUrl ?? env.AWS_ENDPOINT_URL_S3 ?? env.AWS_ENDPOINT_URL ?? 'Amazon S3';
  const { bucket, prefix } = location;
  const place = { client, bucket, prefix, endpoint, signal };
  try {
    await s3Store({ ...place, client: first }).touch();
  } catch (error) {
    client.destroy();
    throw error;
  } finally {
    first.destroy();
  }
  return { store: s3Store(place), place, close: () => client.destroy() };
}
