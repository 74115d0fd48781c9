import type { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { sha256 } from '../../base/digest.ts';
import type { StoredBody, StoredObject } from '../store.ts';
import type { ObjectStore, UnfinishedUpload } from '../upload.ts';
import { codeOf, explainS3, refusesConditions, type S3Attempt, statusOf } from './errors.ts';
import { checksumMetadata, type S3Place } from './place.ts';
import { uploadObject } from './upload.ts';

export function s3Store(at: S3Place): ObjectStore {
  const { client, bucket, prefix, endpoint, signal } = at;
  const place = `s3://${bucket}/${prefix}`;
  const full = (key: string) => ({ Bucket: bucket, Key: `${prefix}${key}` });
  const options = { abortSignal: signal };
  const doing = async <T>(action: S3Attempt['action'], work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      throw explainS3(error, { place, bucket, endpoint, action }, await credentialsOf(client));
    }
  };
  return {
    place,
    head: (key) =>
      doing('read', () =>
        orMissing(async () => {
          const answer = await client.send(new HeadObjectCommand(full(key)), options);
          return stored(key, answer.ContentLength, answer.LastModified, answer.Metadata);
        }),
      ),
    read: (key) =>
      doing('read', () =>
        orMissing(async (): Promise<StoredBody> => {
          const { Body, ETag } = await client.send(new GetObjectCommand(full(key)), options);
          return { chunks: chunks(Body as Readable, doing), ...(ETag !== undefined && { tag: ETag }) };
        }),
      ),
    touch: () =>
      doing('list', async () => {
        await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: 1 }), options);
      }),
    list: () => doing('list', () => listObjects(at)),
    remove: (key) =>
      doing('remove', async () => {
        await client.send(new DeleteObjectCommand(full(key)), options);
      }),
    writeText: (key, text, tag) => doing('write', () => putText(at, full(key), key, text, tag)),
    upload: (upload, settings) => doing('write', () => uploadObject(at, full(upload.entry.key), upload, settings)),
    unfinished: () => doing('list', () => listUnfinished(at)),
    abandon: ({ key, id }) =>
      doing('write', async () => {
        await orMissing(() => client.send(new AbortMultipartUploadCommand({ ...full(key), UploadId: id })));
      }),
  };
}

/** Credentials that no message may contain; empty if there are none. */
async function credentialsOf(client: S3Place['client']): Promise<readonly string[]> {
  try {
    const { accessKeyId, secretAccessKey, sessionToken = '' } = await client.config.credentials();
    return [secretAccessKey, sessionToken, accessKeyId];
  } catch {
    return [];
  }
}

async function listObjects({ client, bucket, prefix, signal }: S3Place): Promise<StoredObject[]> {
  const found: StoredObject[] = [];
  const pages = paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix }, { abortSignal: signal });
  for await (const page of pages)
    for (const { Key = '', Size, LastModified } of page.Contents ?? [])
      found.push(stored(Key.slice(prefix.length), Size, LastModified, undefined));
  return found;
}

async function listUnfinished({ client, bucket, prefix, signal }: S3Place): Promise<UnfinishedUpload[]> {
  const found: UnfinishedUpload[] = [];
  for (let marker = {}; ; ) {
    const command = new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix, ...marker });
    const page = await client.send(command, { abortSignal: signal });
    for (const { Key = '', UploadId, Initiated } of page.Uploads ?? [])
      if (UploadId !== undefined) found.push({ key: Key.slice(prefix.length), id: UploadId, begun: Initiated });
    if (!page.IsTruncated || page.NextKeyMarker === undefined) return found;
    marker = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
  }
}

function stored(
  key: string,
  size: number | undefined,
  modified: Date | undefined,
  metadata: Readonly<Record<string, string>> | undefined,
): StoredObject {
  const sha256 = metadata?.[checksumMetadata]?.toLowerCase();
  return {
    key,
    size: size ?? 0,
    ...(sha256 !== undefined && /^[0-9a-f]{64}$/.test(sha256) && { sha256 }),
    ...(modified !== undefined && { modified }),
  };
}

async function orMissing<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    const gone = statusOf(error) === 404 && codeOf(error) !== 'NoSuchBucket';
    if (gone) return undefined;
    throw error;
  }
}

async function* chunks(
  body: Readable,
  doing: <T>(action: S3Attempt['action'], work: () => Promise<T>) => Promise<T>,
): AsyncGenerator<Uint8Array> {
  const iterator = body[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await doing('read', () => iterator.next());
      if (next.done) return;
      yield next.value as Uint8Array;
    }
  } finally {
    body.destroy();
  }
}

async function putText(
  at: S3Place,
  where: { readonly Bucket: string; readonly Key: string },
  key: string,
  text: string,
  tag: string | undefined,
): Promise<boolean> {
  for (const condition of conditions(tag)) {
    const command = new PutObjectCommand({
      ...where,
      Body: Buffer.from(text),
      ContentType: at.headers.contentType(key),
      CacheControl: at.headers.cacheControl(key),
      Metadata: { [checksumMetadata]: sha256(text) },
      ...condition,
    });
    try {
      await at.client.send(command, { abortSignal: at.signal });
      return true;
    } catch (error) {
      if (tag !== undefined && refusesConditions(error)) return putText(at, where, key, text, undefined);
      if (tag === undefined || !isLost(error)) throw error;
    }
  }
  return false;
}

/**
 * Alternative forms of the same condition. radosgw up to Ceph 16 compares the bare tag with the header including its
 * quotes.
 */
function conditions(tag: string | undefined): readonly object[] {
  if (tag === undefined) return [{}];
  if (tag === 'absent') return [{ IfNoneMatch: '*' }];
  return [{ IfMatch: tag }, { IfMatch: tag.replaceAll('"', '') }];
}

/** 409: two conditional writes at the same moment. 404: the text was removed after it was read. */
function isLost(error: unknown): boolean {
  const status = statusOf(error);
  return status === 409 || status === 412 || (status === 404 && codeOf(error) !== 'NoSuchBucket');
}
