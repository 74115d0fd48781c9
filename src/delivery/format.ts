/** The steps of encoding user-data, in this order. */
export type EncodingStep = 'mime' | 'gzip' | 'base64';

/** A form in which knode writes user-data. */
export interface Format {
  /** Its name for `--format`. */
  readonly name: string;
  /** A few words for help. */
  readonly about?: string;
  readonly steps: readonly EncodingStep[];
  /** Suffix of a file below `-o DIR`. */
  readonly extension: '' | `.${string}`;
  /** Names of files for one node's user-data in this format, for `-o FILE`. */
  readonly fileNames: RegExp;
  /** One image file with the node's whole NoCloud seed (iso.ts). */
  readonly seedImage?: true;
}

/**
 * Every output format, in the order of help; the first one is the default. A new format is one row here, and its name
 * in the file of each cloud that accepts it (src/platform/clouds).
 */
export const formats: readonly [Format, ...Format[]] = [
  { name: 'cloud-config', about: 'the default', steps: [], extension: '', fileNames: /\.(ya?ml|cfg|txt)$/ },
  { name: 'gzip', steps: ['gzip'], extension: '.gz', fileNames: /\.gz$/ },
  { name: 'base64', about: 'of gzip', steps: ['gzip', 'base64'], extension: '.b64', fileNames: /\.(b64|txt)$/ },
  { name: 'mime', steps: ['mime'], extension: '.mime', fileNames: /\.(mime|txt|gz)$/ },
  { name: 'iso', about: 'a NoCloud seed image', steps: [], extension: '', fileNames: /\.iso$/, seedImage: true },
];

/** @throws Error for an unknown name in a cloud's file. */
export function formatNamed(name: string): Format {
  const found = formats.find((one) => one.name === name);
  if (found === undefined) throw new Error(`there is no format '${name}'`);
  return found;
}
