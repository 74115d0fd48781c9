import { type DataPath, formatPath } from '../base/diagnostic.ts';

/** Messages of this room's diagnostics. */
export const messages = {
  unknownKey: (key: string, parent: DataPath): string =>
    parent.length === 0 ? `unknown key '${key}'` : `unknown key '${key}' in ${formatPath(parent)}`,
  knownKeys: (keys: readonly string[]): string => `known here: ${keys.join(', ')}`,
  didYouMean: (word: string): string => `did you mean '${word}'?`,
  missing: (path: DataPath): string => `'${formatPath(path)}' is missing`,
  noValue: (path: DataPath): string => `'${formatPath(path)}' has no value`,
  giveOrLeave: 'give it one, or leave the key out for the default',
  wrongType: (path: DataPath, expected: readonly string[], got: unknown): string =>
    `'${formatPath(path)}' must be ${listed(expected)}, not ${typeName(got)}`,
  quote: (written: string): string => `put it in quotes: '${written}'`,
  write: (path: DataPath, values: readonly string[]): string => `Write ${path.at(-1)}: ${values.join(' or ')}.`,
  seeReference: 'docs/cluster-file.md tells what may stand here',
  mergeKey: "'<<' is not in YAML 1.2: write the values out",
  notOneOf: (path: DataPath, values: readonly unknown[]): string =>
    `'${formatPath(path)}' must be ${values.length === 1 ? `'${values[0]}'` : `one of ${values.join(', ')}`}`,
  tooSmall: (path: DataPath, minimum: number | bigint, what: string): string =>
    `'${formatPath(path)}' ${measure(what, 'at least', minimum)}`,
  tooBig: (path: DataPath, maximum: number | bigint, what: string): string =>
    `'${formatPath(path)}' ${measure(what, 'at most', maximum)}`,
  invalid: (path: DataPath, why: string): string => `'${formatPath(path)}': ${why}`,
  notUtf8: 'the file is not UTF-8',
  tooLarge: (bytes: number, limit: number): string =>
    `the file has ${bytes} bytes; a cluster file has at most ${limit}`,
  empty: 'the file is empty',
  notAMap: 'the file must hold one YAML mapping',
  severalDocuments: 'the file holds several YAML documents',
  aliases: 'anchors and aliases expand to too many values',
  tooDeep: 'the file nests mappings and lists too deeply',
  tooDeepHint: 'is a bracket never closed? A cluster file has fewer than twenty levels',
  unknownAnchor: (name: string): string => `there is no anchor '${name}'`,
  defineAnchor: (name: string): string => `define it before with &${name}, or put the value in quotes`,
  twoNames: (older: DataPath, newer: DataPath): string =>
    `'${formatPath(older)}' is the older name of '${formatPath(newer)}', and the file has both`,
  oneName: (newer: string, older: string): string => `write all of it under ${newer}, and remove ${older}`,
  duplicateKey: (key: string): string => `the key '${key}' stands twice in one mapping`,
  keyNotText: 'a key must be a plain text',
  openQuote: 'the quote that begins here never ends',
  closeQuote: 'end the text with the same quote, or leave both out',
  closeBracket: 'close the bracket before this line',
  mendYaml: 'mend the YAML here',
} as const;

function measure(what: string, bound: string, limit: number | bigint): string {
  const unit = what === 'array' ? 'entr' : 'character';
  const ending = what === 'array' ? (limit === 1 ? 'y' : 'ies') : limit === 1 ? '' : 's';
  return what === 'array' || what === 'string'
    ? `needs ${bound} ${limit} ${unit}${ending}`
    : `must be ${bound} ${limit}`;
}

/** Names of types for people, with their article; different from zod's if those are a programmer's. */
const typeNames: Readonly<Record<string, string>> = {
  record: 'a mapping',
  object: 'a mapping',
  array: 'a list',
  int: 'a whole number',
  boolean: 'true or false',
  string: 'a text',
  number: 'a number',
  null: 'null',
};

function listed(types: readonly string[]): string {
  const names = [...new Set(types.map((type) => typeNames[type] ?? `a ${type}`))];
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean' || typeof value === 'number') return String(value);
  return typeNames[Array.isArray(value) ? 'array' : typeof value] ?? typeof value;
}
