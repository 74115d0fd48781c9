import { type DataPath, formatPath } from '../base/diagnostic.ts';

/** The words of this room's diagnostics. */
export const messages = {
  unknownKey: (key: string, parent: DataPath): string =>
    parent.length === 0 ? `unknown key '${key}'` : `unknown key '${key}' in ${formatPath(parent)}`,
  knownKeys: (keys: readonly string[]): string => `known here: ${keys.join(', ')}`,
  didYouMean: (word: string): string => `did you mean '${word}'?`,
  missing: (path: DataPath): string => `'${formatPath(path)}' is missing`,
  wrongType: (path: DataPath, expected: string, got: string): string =>
    `'${formatPath(path)}' must be ${article(expected)}, not ${article(got)}`,
  notOneOf: (path: DataPath, values: readonly unknown[]): string =>
    `'${formatPath(path)}' must be ${values.length === 1 ? `'${values[0]}'` : `one of ${values.join(', ')}`}`,
  tooSmall: (path: DataPath, minimum: number | bigint, what: string): string =>
    what === 'array'
      ? `'${formatPath(path)}' needs at least ${minimum} entry`
      : `'${formatPath(path)}' must be at least ${minimum}`,
  tooBig: (path: DataPath, maximum: number | bigint): string => `'${formatPath(path)}' must be at most ${maximum}`,
  invalid: (path: DataPath, why: string): string => `'${formatPath(path)}': ${why}`,
  notUtf8: 'the file is not UTF-8',
  tooLarge: (bytes: number, limit: number): string =>
    `the file has ${bytes} bytes; a cluster file has at most ${limit}`,
  notAMap: 'the file must hold one YAML mapping',
  severalDocuments: 'the file holds several YAML documents',
  aliases: 'anchors and aliases expand to too many nodes',
} as const;

function article(type: string): string {
  const names: Record<string, string> = {
    record: 'mapping',
    object: 'mapping',
    array: 'list',
    int: 'whole number',
    boolean: 'true or false',
  };
  const name = names[type] ?? type;
  if (name === 'true or false' || name === 'null') return name;
  return /^[aeiou]/.test(name) ? `an ${name}` : `a ${name}`;
}
