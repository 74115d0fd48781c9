import { ofOption, together } from '../base/option-mistakes.ts';
import type { GoldenImageManifest } from '../image/golden-image-manifest.ts';
import { type PresignedUrls, readPresigned } from '../mirror/presigned.ts';
import { readImage } from './image/golden-image.ts';
import { demand, type Surroundings } from './session.ts';

/** Options of `render` beside those of a session. */
export interface RenderOptions {
  /** File of URLs from `knode mirror presign`. */
  readonly presigned?: string;
  /** Grant members without data the right to found the etcd cluster again. */
  readonly found?: boolean;
  /** The manifest of a golden image, whose files are left out of the user-data. */
  readonly image?: string;
}

/** The options with their files read. */
export interface RenderInputs {
  readonly presigned?: PresignedFile;
  readonly found: boolean;
  readonly image?: GoldenImageManifest;
}

/** Presigned URLs, and the file from which they were read. */
export interface PresignedFile extends PresignedUrls {
  readonly file: string;
}

/** Whether the nodes get their programs from a source that the cluster file does not name. */
export function hasSource({ presigned, image }: RenderOptions): boolean {
  return presigned !== undefined || image !== undefined;
}

/** @throws UserMistake with all errors in the files that the options name. */
export function readRenderInputs(options: RenderOptions, around: Pick<Surroundings, 'notices'>): RenderInputs {
  const { presigned: file, image: path, found = false } = options;
  const [image, presigned] = together([
    () => (path === undefined ? undefined : ofOption('--image', () => readImage(path, around))),
    () => (file === undefined ? undefined : ofOption('--presigned', () => demand(readPresigned(file), around))),
  ]);
  return {
    found,
    ...(image === undefined ? {} : { image }),
    ...(file === undefined || presigned === undefined ? {} : { presigned: { file, ...presigned } }),
  };
}
