import type { S3Client } from '@aws-sdk/client-s3';
import type { ObjectHeaders } from '../upload.ts';

export interface S3Place {
  readonly client: S3Client;
  readonly bucket: string;
  /** Ends with `/`, or is empty. */
  readonly prefix: string;
  readonly endpoint: string;
  readonly headers: ObjectHeaders;
  readonly signal: AbortSignal;
}

/** Bucket and key of an object. */
export interface ObjectAddress {
  readonly Bucket: string;
  readonly Key: string;
}

/** User metadata of objects written by knode: the only checksum that can be read after a multipart upload. */
export const checksumMetadata = 'sha256';
