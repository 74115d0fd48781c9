import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { forMany } from '../../base/signal.ts';
import { type Lease, partBytes } from '../part-memory.ts';
import type { Upload, UploadSettings } from '../upload.ts';
import type { ObjectAddress, S3Place } from './place.ts';

/** Limit of parts per object, on every server that follows Amazon. */
const mostParts = 10_000;
/** Longest time for cleaning up after a failure. */
const abandonMs = 5000;

interface LargeObject {
  readonly where: ObjectAddress;
  /** Headers and metadata of the object. */
  readonly properties: ObjectAddress & { readonly Metadata: Record<string, string> };
  /** The condition of the last request, which makes the object visible. */
  readonly condition: object;
}

/**
 * Uploads an object in parts. They are read sequentially, and sent concurrently as far as there is memory. If one fails
 * for good, the others are stopped and the server's parts are removed.
 */
export async function sendInParts(
  place: S3Place,
  { where, properties, condition }: LargeObject,
  upload: Upload,
  settings: UploadSettings,
): Promise<void> {
  const stop = new AbortController();
  const signal = forMany(AbortSignal.any([place.signal, stop.signal]));
  const options = { abortSignal: signal };
  const begin = new CreateMultipartUploadCommand({ ...properties, ...(await chosenChecksum(place)) });
  const { UploadId } = await place.client.send(begin, options);
  const target = { ...where, UploadId };
  const sent: Promise<CompletedPart>[] = [];
  try {
    for await (const part of partsOf(upload, settings, signal)) {
      const sending = sendPart({ ...place, signal }, target, part);
      sending.catch((error: unknown) => stop.abort(error));
      sent.push(sending);
    }
    await upload.source.verify();
    const MultipartUpload = { Parts: await Promise.all(sent) };
    await place.client.send(new CompleteMultipartUploadCommand({ ...target, MultipartUpload, ...condition }), options);
  } catch (error) {
    stop.abort(error);
    // Some servers would keep a part that arrives after the end of its upload.
    await Promise.allSettled(sent);
    // If this fails, the next push finds the upload in the server's list.
    const abandon = new AbortMultipartUploadCommand(target);
    await place.client.send(abandon, { abortSignal: AbortSignal.timeout(abandonMs) }).catch(() => undefined);
    // The first failure: `error` may be that of a part which was stopped because of it.
    throw stop.signal.reason;
  }
}

/** A part has the checksum algorithm of its upload. CRC32 is the SDK's own choice. */
async function chosenChecksum({ client }: S3Place): Promise<{ readonly ChecksumAlgorithm?: 'CRC32' }> {
  const chosen = await client.config.requestChecksumCalculation();
  return chosen === 'WHEN_SUPPORTED' ? { ChecksumAlgorithm: 'CRC32' } : {};
}

interface FilledPart {
  readonly number: number;
  readonly memory: Lease;
  /** Resolves once the source itself no longer reads the memory. */
  readonly read: Promise<void>;
  readonly sent: () => void;
}

/** Reads the parts of an object, each as soon as there is memory for it. */
async function* partsOf(
  { entry: { size }, source }: Upload,
  { memory, progress }: UploadSettings,
  signal: AbortSignal,
): AsyncGenerator<FilledPart> {
  const length = Math.max(partBytes, Math.ceil(size / mostParts));
  let done = 0;
  for (let at = 0; at < size; at += length) {
    const bytes = Math.min(length, size - at);
    const lease = await memory.take(bytes);
    let filled: { readonly read: Promise<void> };
    try {
      signal.throwIfAborted();
      filled = await source.fill(lease.bytes);
    } catch (error) {
      lease.end(false);
      throw error;
    }
    const sent = () => {
      done += bytes;
      progress(done);
    };
    yield { number: 1 + at / length, memory: lease, ...filled, sent };
  }
}

async function sendPart(
  { client, signal }: S3Place,
  target: ObjectAddress & { readonly UploadId: string | undefined },
  { number: PartNumber, memory, read, sent }: FilledPart,
): Promise<CompletedPart> {
  let again = false;
  try {
    const command = new UploadPartCommand({ ...target, PartNumber, Body: memory.bytes });
    const { ETag, ChecksumCRC32 } = await client.send(command, { abortSignal: signal });
    await read;
    again = true;
    sent();
    return { PartNumber, ETag, ...(ChecksumCRC32 !== undefined && { ChecksumCRC32 }) };
  } finally {
    memory.end(again);
  }
}
