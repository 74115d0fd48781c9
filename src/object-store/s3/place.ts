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

/** User metadata of what knode writes: the only checksum that a multipart upload leaves to be asked for later. */
export const checksumMetadata = 'sha256';
