import { readdirSync, readFileSync } from 'node:fs';
import { type Node, parseSync } from 'oxc-parser';
import { afterEach, expect, test } from 'vitest';
import { catalogues, type Entry, speakIn, type Words } from '../../src/base/catalogue.ts';
import { packagePath } from '../../src/base/files/package-root.ts';
import { readCluster } from '../../src/component/read-cluster.ts';

const src = packagePath('src');
const files = (readdirSync(src, { recursive: true }) as string[]).filter((name) => name.endsWith('.ts'));
const isCatalogue = (file: string): boolean => /(^|[/-])messages\.ts$|(^|\/)reasons\.ts$/.test(file);

/** Four words or more with a blank between: a sentence, and not a key, a path or a command. */
const sentence = /(?:^|[^\w])[A-Za-z’'{}]+[,:;]? (?:[\w’'{}.-]+[,:;]? ){2,}[A-Za-z{}]+/;

/** Documentation of data, which is not said about anything that happened. */
const documentation = ['description', 'purpose', 'source', 'deprecated'];

type Plain = Record<string, unknown> & { readonly type?: string };

/** Neither sentences of a schema's or component's documentation, nor those of an exception that is a bug. */
function isSilent(node: Plain): boolean {
  const { callee, key } = node as { callee?: Plain; key?: Plain };
  if (node.type === 'CallExpression') return (callee?.property as Plain | undefined)?.name === 'describe';
  if (node.type === 'NewExpression') return /^(Type|Range)?Error$/.test(String(callee?.name));
  return node.type === 'Property' && documentation.includes(String(key?.name));
}

function textOf(node: Plain): string {
  if (node.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node.type !== 'TemplateLiteral') return '';
  return (node.quasis as { value: { cooked: string } }[]).map(({ value }) => value.cooked).join('{}');
}

function sentences(node: unknown): readonly string[] {
  if (Array.isArray(node)) return node.flatMap(sentences);
  if (typeof node !== 'object' || node === null || isSilent(node as Plain)) return [];
  const text = textOf(node as Plain);
  return [...(sentence.test(text) ? [text] : []), ...Object.values(node as Node).flatMap(sentences)];
}

function sentencesIn(file: string, text = readFileSync(`${src}/${file}`, 'utf8')): readonly string[] {
  return sentences(parseSync(file, text, { lang: 'ts' }).program);
}

/** Where sentences stand outside of catalogues, and why. */
const reasons: readonly (readonly [RegExp, string])[] = [
  [/^cli\.ts$|^cli\//, 'help: options and their words are one declaration'],
  [/^platform\//, 'facts about a cloud or a family, its title among them'],
  [
    /^explain\/|^commands\/|^delivery\/|^mirror\/progress\/(amounts|transfer-progress)\./,
    'reports and progress, not yet in catalogues',
  ],
  [/^record\/fixed-fields\.ts$|^model\/rules\/program\/denied-args\.ts$/, 'tables of settings, each with its reason'],
  [/^release\/(values\/|json-type\.ts|config-fields\.ts)/, 'types of values in words'],
];

/** Those that still have sentences of their own, and are to lose them; none comes back. */
const unfinished: readonly string[] = [
  'base/files/write-tree.ts',
  'component/addon/core-dns.ts',
  'image/fit.ts',
  'mirror/catalogue/catalogue-files.ts',
  'mirror/container-images/image-tar.ts',
  'mirror/container-images/oci-manifest.ts',
  'mirror/lock/file.ts',
  'mirror/lock/lock.ts',
  'mirror/serve/server.ts',
  'model/json-schema.ts',
  'model/loading/intact.ts',
  'net/http.ts',
  'net/request.ts',
  'net/tunnel.ts',
  'object-store/hashing/hash-thread.ts',
  'object-store/s3/errors.ts',
  'pki/authority.ts',
  'pki/exchange/request-files.ts',
  'record/authorities-file.ts',
  'workflow/image/base.ts',
  'workflow/pki/authorities.ts',
  'workflow/pki/ends.ts',
  'workflow/pki/issue.ts',
  'workflow/read-inputs.ts',
  'workflow/recall.ts',
];

const speaking = files.filter((file) => !isCatalogue(file) && sentencesIn(file).length > 0);

test('only catalogues make sentences for people', () => {
  const unexplained = speaking.filter((file) => !reasons.some(([pattern]) => pattern.test(file)));
  expect(unexplained.toSorted()).toEqual(unfinished.toSorted());
});

test('every reason is one for a file that there is', () => {
  for (const [pattern, why] of reasons)
    expect(
      speaking.some((file) => pattern.test(file)),
      why,
    ).toBe(true);
});

test('the criterion finds sentences, and nothing else', () => {
  expect(sentencesIn('a.ts', "say('the disk has no room left');")).toEqual(['the disk has no room left']);
  expect(sentencesIn('a.ts', 'say(`the disk $' + '{name} has no room`);')).toHaveLength(1);
  expect(sentencesIn('a.ts', "['a/b/c', 'no room left', '--flag=value', '/dev/sda'];")).toEqual([]);
  expect(sentencesIn('a.ts', "throw new Error('there is no such pool here');")).toEqual([]);
});

/** Calls that are given a code and its words: `error(path, 'a-code', 'words', …)`. */
function worded(node: unknown): boolean {
  if (Array.isArray(node)) return node.some(worded);
  if (typeof node !== 'object' || node === null) return false;
  const { callee, arguments: given = [] } = node as { callee?: Plain; arguments?: readonly Plain[] };
  const speaks = [
    'error',
    'warning',
    'mistake',
    'optionMistake',
    'EnvironmentFailure',
    'TransferFailure',
    'WrongBytes',
  ];
  const isCode = ({ value }: Plain): boolean => typeof value === 'string' && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(value);
  return (
    (speaks.includes(String(callee?.name)) &&
      given.slice(0, 2).some((one, at) => isCode(one) && at + 1 < given.length)) ||
    Object.values(node).some(worded)
  );
}

test('no file but a catalogue gives a code its words', () => {
  const parsed = (file: string) => parseSync(file, readFileSync(`${src}/${file}`, 'utf8'), { lang: 'ts' }).program;
  const found = files.filter((file) => !unfinished.includes(file) && worded(parsed(file)));
  expect(found).toEqual([]);
  expect(worded(parseSync('a.ts', "error(path, 'a-code', `words`, 'hint')", { lang: 'ts' }).program)).toBe(true);
  expect(worded(parseSync('a.ts', "error(path, say('a-code', { name }))", { lang: 'ts' }).program)).toBe(false);
});

test('keys of catalogues are codes, or codes with a case', () => {
  readCluster('', 'cluster.yaml');
  for (const [name, words] of catalogues())
    for (const [key, entry] of Object.entries(words))
      if (typeof entry === 'object' && entry !== null && 'message' in entry)
        expect([name, key]).toEqual([name, expect.stringMatching(/^[a-z0-9-]+(\/[a-z0-9-]+)?$/)]);
});

function diagnose(): readonly { readonly code: string; readonly message: string; readonly hint?: string }[] {
  const text = readFileSync(packagePath('test/golden/invalid/disk-twice/cluster.yaml'), 'utf8');
  return readCluster(text, 'cluster.yaml').diagnostics;
}

const shout = (words: Words): Words => ({ message: words.message.toUpperCase(), hint: words.hint?.toUpperCase() });

/** A language that says everything of one catalogue in capitals. */
function capitals(name: string) {
  const own = Object.entries(catalogues().get(name) ?? {}) as [string, Entry][];
  return Object.fromEntries(
    own.map(([key, entry]) => [
      key,
      typeof entry === 'function'
        ? (parameters: object) => shout((entry as (given: object) => Words)(parameters))
        : shout(entry),
    ]),
  );
}

afterEach(() => speakIn({}));

test('a room speaks another language without another logic', () => {
  const english = diagnose();
  expect(english.length).toBeGreaterThan(0);
  speakIn({ 'model/rules/machine': capitals('model/rules/machine') });
  const other = diagnose();
  expect(other.map(({ code }) => code)).toEqual(english.map(({ code }) => code));
  expect(other.map(({ message }) => message)).toEqual(english.map(({ message }) => message.toUpperCase()));
  speakIn({});
  expect(diagnose()).toEqual(english);
});
