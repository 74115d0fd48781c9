import { type DataPath, formatPath } from '../diagnostic.ts';

/** A key for which the text has another name than the schema. */
export interface Spelling {
  /** In the schema's words. */
  readonly path: DataPath;
  /** The same place in the words of the text. */
  readonly written: DataPath;
}

interface Spelled {
  readonly spelling?: readonly Spelling[];
}

/** A path of the schema in the words of the text. */
export function writtenPath({ spelling = [] }: Spelled, path: DataPath): DataPath {
  const found = spelling.find((one) => one.path.every((step, index) => path[index] === step));
  return found === undefined ? path : [...found.written, ...path.slice(found.path.length)];
}

/** A message with its paths in the words of the text that it is about. */
export function writtenText({ spelling = [] }: Spelled, message: string): string {
  return spelling.reduce(
    (text, { path, written }) => text.replaceAll(formatPath(path), () => formatPath(written)),
    message,
  );
}
