import { phrases, speaker } from '../base/catalogue.ts';
import { type DataPath, formatPath } from '../base/diagnostic.ts';

/** Messages of this room's diagnostics. */
export const messages = phrases('model/messages', {
  unknownKey: (key: string, parent: DataPath): string =>
    parent.length === 0 ? `unknown key '${key}'` : `unknown key '${key}' in ${formatPath(parent)}`,
  knownKeys: (keys: readonly string[]): string => `known here: ${keys.join(', ')}`,
  didYouMean: (word: string): string => `did you mean '${word}'?`,
  missing: (path: DataPath): string => `'${formatPath(path)}' is missing`,
  giveOrLeave: 'give it one, or leave the key out for the default',
  wrongType: (path: DataPath, expected: readonly string[], got: unknown): string =>
    `'${formatPath(path)}' must be ${listed(expected)}, not ${typeName(got)}`,
  quote: (written: string): string => `put it in quotes: '${written}'`,
  write: (path: DataPath, values: readonly string[]): string => `Write ${path.at(-1)}: ${values.join(' or ')}.`,
  seeReference: 'docs/cluster-file.md tells what may stand here',
  notOneOf: (path: DataPath, values: readonly unknown[]): string =>
    `'${formatPath(path)}' must be ${values.length === 1 ? `'${values[0]}'` : `one of ${values.join(', ')}`}`,
  tooBig: (path: DataPath, maximum: number | bigint, what: string): string =>
    `'${formatPath(path)}' ${measure(what, 'at most', maximum)}`,
  invalid: (path: DataPath, why: string): string => `'${formatPath(path)}': ${why}`,
  aliases: 'anchors and aliases expand to too many values',
  tooDeep: 'the file nests mappings and lists too deeply',
  twoNames: (older: DataPath, newer: DataPath): string =>
    `'${formatPath(older)}' is the older name of '${formatPath(newer)}', and the file has both`,
  duplicateKey: (key: string): string => `the key '${key}' stands twice in one mapping`,
  keyNotText: 'a key must be a plain text',
  openQuote: 'the quote that begins here never ends',
  closeQuote: 'end the text with the same quote, or leave both out',
  closeBracket: 'close the bracket before this line',
  mendYaml: 'mend the YAML here',
});

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

/** What is wrong, by code. */
export const say = speaker('model', {
  'wrong-type/explain-union': ({
    path,
    expected,
    got,
    about,
  }: {
    path: DataPath;
    expected: readonly string[];
    got: unknown;
    about: string;
  }) => ({ message: `'${formatPath(path)}' must be ${listed(expected)}, not ${typeName(got)}`, hint: about }),
  'unknown-key': ({
    key,
    parent,
    near,
    keys,
    word,
  }: {
    key: string;
    parent: DataPath;
    near: string | undefined;
    keys: readonly string[];
    word: string | undefined;
  }) => ({
    message: parent.length === 0 ? `unknown key '${key}'` : `unknown key '${key}' in ${formatPath(parent)}`,
    hint:
      key === '<<'
        ? "'<<' is not in YAML 1.2: write the values out"
        : near === undefined
          ? `known here: ${keys.join(', ')}`
          : `did you mean '${word}'?`,
  }),
  'missing/missing': ({ path, about }: { path: DataPath; about: string }) => ({
    message: `'${formatPath(path)}' is missing`,
    hint: about,
  }),
  'out-of-range/too-small': ({
    path,
    minimum,
    what,
    about,
  }: {
    path: DataPath;
    minimum: number | bigint;
    what: string;
    about: string;
  }) => ({ message: `'${formatPath(path)}' ${measure(what, 'at least', minimum)}`, hint: about }),
  'out-of-range/too-big': ({
    path,
    maximum,
    what,
    about,
  }: {
    path: DataPath;
    maximum: number | bigint;
    what: string;
    about: string;
  }) => ({ message: `'${formatPath(path)}' ${measure(what, 'at most', maximum)}`, hint: about }),
  'invalid-value/invalid': ({ path, why, about }: { path: DataPath; why: string; about: string }) => ({
    message: `'${formatPath(path)}': ${why}`,
    hint: about,
  }),
  'missing/no-value': ({ path, hint }: { path: DataPath; hint: string }) => ({
    message: `'${formatPath(path)}' has no value`,
    hint: hint,
  }),
  'wrong-type/wrong-type': ({
    path,
    expected,
    got,
    written,
  }: {
    path: DataPath;
    expected: readonly string[];
    got: unknown;
    written: string;
  }) => ({
    message: `'${formatPath(path)}' must be ${listed(expected)}, not ${typeName(got)}`,
    hint: `put it in quotes: '${written}'`,
  }),
  'wrong-type/other': ({
    path,
    expected,
    got,
    hint,
  }: {
    path: DataPath;
    expected: readonly string[];
    got: unknown;
    hint: string;
  }) => ({ message: `'${formatPath(path)}' must be ${listed(expected)}, not ${typeName(got)}`, hint: hint }),
  'missing/choice': ({
    path,
    length,
    values,
    about,
  }: {
    path: DataPath;
    length: number;
    values: readonly string[];
    about: string;
  }) => ({
    message: `'${formatPath(path)}' is missing`,
    hint:
      length === 1
        ? `Write ${path.at(-1)}: ${values.join(' or ')}.`
        : `${about} ${`Write ${path.at(-1)}: ${values.join(' or ')}.`}`,
  }),
  'invalid-value/not-one-of': ({
    path,
    values,
    hint,
  }: {
    path: DataPath;
    values: readonly unknown[];
    hint: string;
  }) => ({
    message: `'${formatPath(path)}' must be ${values.length === 1 ? `'${values[0]}'` : `one of ${values.join(', ')}`}`,
    hint: hint,
  }),
});

/** What is wrong with a line of a unit; follows its number. */
export const unitLine = phrases('model/unit-lines', { outside: 'is outside of a section', noPair: 'is no Name=value' });
