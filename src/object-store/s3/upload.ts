import { Readable } from 'node:stream';
import { AbortMultipartUploadCommand } from '@aws-sdk/client-s3';
import { Upload as LibUpload } from '@aws-sdk/lib-storage';
import type { Upload, UploadResult, UploadSettings } from '../upload.ts';
import { codeOf, refusesConditions, statusOf } from './errors.ts';
import { checksumMetadata, type S3Place } from './place.ts';

/** Amazon's smallest. Larger parts cost memory and gain nothing that was measured. */
const smallestPart = 5 * 1024 * 1024;
const mostParts = 10_000;
/** How servers say that the bytes do not fit the checksums that came with them. */
const damaged: readonly string[] = ['XAmzContentSHA256Mismatch', 'BadDigest', 'XAmzContentChecksumMismatch'];
/**
 * How servers say that the upload is no longer there, because a push that was faster has given it up. radosgw says NoSuchKey where
 * that happens in the middle of a request.
 */
const gone: readonly string[] = ['NoSuchUpload', 'NoSuchKey'];
/** Nobody waits longer for the tidying up after a failure. */
const abandonMs = 5000;

/**
 * Uploads an object: in one request up to a part's size, in parts beyond. Each part goes out with its checksums, which the
 * server verifies (`sendMd5`); the object appears as a whole or not at all.
 */
export async function uploadObject(
  { client, signal, headers }: S3Place,
  where: { readonly Bucket: string; readonly Key: string },
  { entry, source, replace }: Upload,
  { partsAtOnce, conditional, progress }: UploadSettings,
): Promise<UploadResult> {
  const stop = new AbortController();
  const upload = new LibUpload({
    client,
    params: {
      ...where,
      // An empty file has no chunk to make a part of.
      Body: entry.size === 0 ? Buffer.alloc(0) : Readable.from(source),
      ContentType: headers.contentType(entry.key),
      CacheControl: headers.cacheControl(entry.key),
      Metadata: { [checksumMetadata]: entry.sha256 },
      ...(conditional && !replace && { IfNoneMatch: '*' }),
    },
    partSize: Math.max(smallestPart, Math.ceil(entry.size / (mostParts - 1))),
    queueSize: partsAtOnce,
    abortController: stop,
  });
  upload.on('httpUploadProgress', ({ loaded }) => progress(loaded ?? 0));
  const onAbort = () => stop.abort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    signal.throwIfAborted();
    await upload.done();
    return 'written';
  } catch (error) {
    await abandonParts(upload);
    if ([409, 412].includes(statusOf(error) ?? 0)) return 'exists';
    if (gone.includes(codeOf(error))) return 'abandoned';
    if (damaged.includes(codeOf(error))) return 'damaged';
    if (conditional && refusesConditions(error)) return 'unconditional';
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }

  /** lib-storage's own abort is sent only when the source yields next, so the parts are given up by the upload's id. */
  async function abandonParts({ uploadId }: LibUpload): Promise<void> {
    if (uploadId === undefined) return;
    // Where this fails, the next push finds the upload in the server's list.
    const command = new AbortMultipartUploadCommand({ ...where, UploadId: uploadId });
    await client.send(command, { abortSignal: AbortSignal.timeout(abandonMs) }).catch(() => undefined);
  }
}
