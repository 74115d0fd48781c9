import { PutObjectCommand, type PutObjectCommandInput } from '@aws-sdk/client-s3';
import { partBytes } from '../part-memory.ts';
import type { Upload, UploadResult, UploadSettings } from '../upload.ts';
import { codeOf, refusesConditions, statusOf } from './errors.ts';
import { sendInParts } from './parts.ts';
import { checksumMetadata, type ObjectAddress, type S3Place } from './place.ts';

/** Error codes for bytes that do not match their checksums. */
const damaged: readonly string[] = ['XAmzContentSHA256Mismatch', 'BadDigest', 'XAmzContentChecksumMismatch'];
/**
 * Error codes for an upload that no longer exists, because a faster push has aborted it. radosgw answers NoSuchKey if
 * that happens in the middle of a request.
 */
const gone: readonly string[] = ['NoSuchUpload', 'NoSuchKey'];

/**
 * Uploads an object: in one request up to the size of a part, otherwise in parts. Each part is sent with its checksums,
 * which the server verifies (`sendMd5`). The object appears as a whole or not at all.
 */
export async function uploadObject(
  place: S3Place,
  where: ObjectAddress,
  upload: Upload,
  settings: UploadSettings,
): Promise<UploadResult> {
  const { entry, replace } = upload;
  const condition = settings.conditional && !replace ? { IfNoneMatch: '*' } : {};
  const properties = {
    ...where,
    ContentType: place.headers.contentType(entry.key),
    CacheControl: place.headers.cacheControl(entry.key),
    Metadata: { [checksumMetadata]: entry.sha256 },
  };
  try {
    place.signal.throwIfAborted();
    if (entry.size > partBytes) await sendInParts(place, { where, properties, condition }, upload, settings);
    else await sendWhole(place, { ...properties, ...condition }, upload, settings);
    return 'written';
  } catch (error) {
    if ([409, 412].includes(statusOf(error) ?? 0)) return 'exists';
    if (gone.includes(codeOf(error))) return 'abandoned';
    if (damaged.includes(codeOf(error))) return 'damaged';
    if (settings.conditional && refusesConditions(error)) return 'unconditional';
    throw error;
  }
}

async function sendWhole(
  { client, signal }: S3Place,
  object: PutObjectCommandInput,
  { entry, source }: Upload,
  { memory, progress }: UploadSettings,
): Promise<void> {
  const lease = await memory.take(entry.size);
  let again = false;
  try {
    const { read } = await source.fill(lease.bytes);
    await source.verify();
    await client.send(new PutObjectCommand({ ...object, Body: lease.bytes }), { abortSignal: signal });
    await read;
    again = true;
    progress(entry.size);
  } finally {
    lease.end(again);
  }
}
