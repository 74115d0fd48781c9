import type { PartMemory } from './part-memory.ts';
import type { StoredObject, WritableStore } from './store.ts';

/** Headers for readers of an object, by its key: the content decides them, not the store. */
export interface ObjectHeaders {
  contentType(key: string): string;
  cacheControl(key: string): string;
}

/** What an object must be when it is written. */
export type UploadedObject = Required<Pick<StoredObject, 'key' | 'size' | 'sha256'>>;

/**
 * Result of an upload: the object is written; it already existed (on a server that supports conditions); another push
 * has finished the same object and aborted this upload; the server received different bytes; it refuses conditional
 * writes, so try without.
 */
export type UploadResult = 'written' | 'exists' | 'abandoned' | 'damaged' | 'unconditional';

/** An unfinished multipart upload. */
export interface UnfinishedUpload {
  readonly key: string;
  readonly id: string;
  readonly begun: Date | undefined;
}

/** The bytes of an object, read once from their beginning. */
export interface UploadSource {
  /**
   * Fills all of `into` (of `PartMemory`) with the next bytes, and throws if there are fewer.
   * @returns `read`: resolves once the source itself no longer reads the buffer.
   */
  fill(into: Buffer): Promise<{ readonly read: Promise<void> }>;
  /** Throws if the bytes are not exactly those of the entry; nothing becomes visible then. */
  verify(): Promise<void>;
}

export interface Upload {
  readonly entry: UploadedObject;
  readonly source: UploadSource;
  /** Overwrite an existing object. */
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

/** A store that accepts large objects, each as a whole or not at all. */
export interface ObjectStore extends WritableStore {
  upload(upload: Upload, settings: UploadSettings): Promise<UploadResult>;
  /** Requests one key: an error shows what is wrong with server, bucket or credentials. */
  touch(): Promise<void>;
  unfinished(): Promise<readonly UnfinishedUpload[]>;
  abandon(upload: UnfinishedUpload): Promise<void>;
}
