import type { PartMemory } from './part-memory.ts';
import type { StoredObject, WritableStore } from './store.ts';

/** Headers that readers of an object get, by its key: what is kept there decides them, not the store. */
export interface ObjectHeaders {
  contentType(key: string): string;
  cacheControl(key: string): string;
}

/** What an object must be when it is written. */
export type UploadedObject = Required<Pick<StoredObject, 'key' | 'size' | 'sha256'>>;

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

/** The bytes of an object, read once from their beginning. */
export interface UploadSource {
  /**
   * Fills all of `into` (of `PartMemory`) with the next bytes, and throws if there are fewer.
   * @returns `read`: kept once the source itself no longer reads the buffer.
   */
  fill(into: Buffer): Promise<{ readonly read: Promise<void> }>;
  /** Throws if the bytes are not exactly those of the entry: nothing becomes visible then. */
  verify(): Promise<void>;
}

export interface Upload {
  readonly entry: UploadedObject;
  readonly source: UploadSource;
  /** Write over an object that is there. */
  readonly replace: boolean;
}

export interface UploadSettings {
  /** For the parts that are under way, of all objects. */
  readonly memory: PartMemory;
  /** False once a server has refused a conditional write. */
  readonly conditional: boolean;
  /** Bytes of the object that the server has taken. */
  readonly progress: (bytes: number) => void;
}

/** A store that takes large objects, each as a whole or not at all. */
export interface ObjectStore extends WritableStore {
  upload(upload: Upload, settings: UploadSettings): Promise<UploadResult>;
  /** Asks for one key: an error tells what is wrong with server, bucket or credentials. */
  touch(): Promise<void>;
  unfinished(): Promise<readonly UnfinishedUpload[]>;
  abandon(upload: UnfinishedUpload): Promise<void>;
}
