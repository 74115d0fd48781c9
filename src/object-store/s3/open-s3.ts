import { forMany } from '../../base/signal.ts';
import type { ObjectHeaders, ObjectStore } from '../upload.ts';
import { defaultS3Patience, type S3Options, type S3Patience, s3Client } from './client.ts';
import type { S3Place } from './place.ts';
import { s3Store } from './s3-store.ts';

export interface OpenedS3 {
  readonly store: ObjectStore;
  readonly place: S3Place;
  /**
   * Resolves once an answer has proven that server, bucket and credentials are right. Its rejection is the best
   * description of a problem: other requests wait for it first.
   */
  readonly proven: Promise<void>;
  /** Aborts outstanding requests, and closes the connections. */
  close(): void;
}

/** Tries of the first contact without any answer: a wrong address should be reported in less than a minute. */
const unansweredTries = 5;

/** Opens a bucket and immediately requests one key, to prove that server, bucket and credentials are right. */
export function openS3(
  location: { readonly bucket: string; readonly prefix: string; readonly headers: ObjectHeaders },
  options: S3Options,
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
  patience: S3Patience = defaultS3Patience,
): OpenedS3 {
  const closing = new AbortController();
  const first = s3Client(options, env, { ...patience, unansweredTries });
  const client = s3Client(options, env, patience);
  const endpoint = options.endpointUrl ?? env.AWS_ENDPOINT_URL_S3 ?? env.AWS_ENDPOINT_URL ?? 'Amazon S3';
  const place = { client, ...location, endpoint, signal: forMany(AbortSignal.any([signal, closing.signal])) };
  const proven = s3Store({ ...place, client: first })
    .touch()
    .finally(() => first.destroy());
  proven.catch(() => {});
  const close = () => {
    closing.abort();
    client.destroy();
  };
  return { store: s3Store(place), place, proven, close };
}
