import type { S3Client } from '@aws-sdk/client-s3';
import type { IndexEntry } from '../../layout.ts';

/**
 * How an upload ended: the object is written; it was there already (by a server that honours conditions); another push has
 * finished the same object and given this upload up; the server got other bytes than were sent; it refuses conditional writes, to
 * be tried without.
 */
export type UploadResult = 'written' | 'exists' | 'abandoned' | 'damaged' | 'unconditional';

/** A multipart upload that was begun and not finished. */
export interface UnfinishedUpload {
  readonly key: string;
  readonly id: string;
  readonly begun: Date | undefined;
}

export interface S3Place {
  readonly client: S3Client;
  readonly bucket: string;
  /** Ends with `/`, or is empty. */
  readonly prefix: string;
  readonly endpoint: string;
  readonly signal: AbortSignal;
}

export interface Upload {
  readonly entry: IndexEntry;
  /** Throws before its end if the bytes are not those of the entry: nothing becomes visible then. */
  readonly source: AsyncIterable<Uint8Array>;
  /** Write over an object that is there. */
  readonly replace: boolean;
}

export interface UploadSettings {
  /** Parts of one object under way at the same time; each is held in memory. */
  readonly partsAtOnce: number;
  /** False once a server has refused a conditional write. */
  readonly conditional: boolean;
  /** Bytes of the object that the server has taken. */
  readonly progress: (bytes: number) => void;
}

/** User metadata of what knode writes: the only checksum that a multipart upload leaves to be asked for later. */
export const checksumMetadata = 'sha256';
