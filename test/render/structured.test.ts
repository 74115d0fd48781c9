import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseToml } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { artifactsText, envText, jsonText, tomlText, yamlText } from '../../src/render/structured.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { unlockedFor } from '../support/unlocked.ts';

/** Values that a reader of some format takes for something else. */
const strange = [
  'yes',
  'No',
  'on',
  'OFF',
  'y',
  'true',
  'null',
  '~',
  '',
  ' ',
  '0644',
  '0o17',
  '1e3',
  '1_000',
  '0x1f',
  '12:30:45',
  '2001-01-01',
  '.inf',
  '.nan',
  '-',
  '--- x',
  '...',
  '<<',
  '=',
  '<%= it %>',
  '{{ x }}',
  '%YAML',
  '@x',
  '`x`',
  '&a',
  '*a',
  '!tag',
  '# no comment',
  'a # no comment',
  'a: b',
  'a:',
  '- a',
  '? a',
  '[a]',
  '{a: b}',
  "it's",
  '"quoted"',
  'back\\slash',
  'tab\there',
  'ends in spaces  ',
  '  begins with spaces',
  'two\nlines',
  'ends in a line\n',
  'ends in two\n\n',
  '\n',
  '  indented\nfirst line',
  'carriage\r\nreturn',
  'NEL\u0085LS\u2028',
  '\ufeffBOM',
  'bell\u0007',
  'bell\u0007 in\nlines',
  'colour \u001b[1m\n\tindented\n',
  'delete\u007f\nC1\u009b',
  'tab\tand\nline',
  '\ttab first\nline',
  'Größe 日本 🎉',
  'x'.repeat(300),
  `${'word '.repeat(60)}end`,
];

/** A text without lone surrogates and NUL, read by a program and written back as JSON. */
function readBack(program: string, args: readonly string[], input: string): unknown {
  return JSON.parse(execFileSync(program, args, { input, encoding: 'utf8', maxBuffer: 1 << 24 }));
}

describe('YAML', () => {
  const document = { list: strange, map: Object.fromEntries(strange.map((value) => [value, value])) };

  test('means the same to PyYAML, which cloud-init reads with', () => {
    const script = 'import sys, yaml, json; json.dump(yaml.safe_load(sys.stdin.buffer.read()), sys.stdout)';
    expect(readBack('python3', ['-c', script], yamlText([document]))).toEqual(document);
  });

  test.each(['1.1', '1.2'] as const)('means the same to a reader of YAML %s', (version) => {
    expect(parse(yamlText([document]), { version })).toEqual(document);
  });

  test('numbers, booleans and null stay what they are', () => {
    const value = { a: 1, b: -0.5, c: true, d: null, e: [], f: {}, g: 1e21, h: 4294967296 };
    expect(parse(yamlText([value]), { version: '1.1' })).toEqual(value);
  });

  test('an object used twice is written twice, and long texts are not folded', () => {
    const shared = { a: 1 };
    const text = yamlText([{ one: shared, two: shared, long: 'word '.repeat(100).trim() }]);
    expect(text).not.toMatch(/[&*]a/);
    expect(text.split('\n').some((line) => line.length > 400)).toBe(true);
  });

  test('several documents are several', () => {
    const documents = parseAllDocuments(yamlText([{ a: 1 }, { b: 2 }])) as { toJS(): unknown }[];
    expect(documents.map((one) => one.toJS())).toEqual([{ a: 1 }, { b: 2 }]);
  });
});

function fileOf(text: string): string {
  const file = join(tempFolder('env'), 'node.env');
  writeFileSync(file, text);
  return file;
}

describe('an environment file', () => {
  const oneLine = strange.filter((value) => !/[\n\r]/.test(value));
  const values = Object.fromEntries(
    [...oneLine, '$HOME', '${x}', '$(id)', '`id`', '\\', '\\\\', '"', "'", '!history', '~/x', 'a;b', '*', '#'].map(
      (value, index) => [`V${index}`, value],
    ),
  );

  test('means the same to bash', () => {
    const script = `. "$1"; for name in ${Object.keys(values).join(' ')}; do printf '%s\\0' "\${!name}"; done`;
    const out = execFileSync('bash', ['-c', script, 'bash', fileOf(envText(values))], { encoding: 'utf8' });
    expect(out.split('\0').slice(0, -1)).toEqual(Object.values(values));
  });

  test('means the same to a POSIX shell', () => {
    const script = `. "$1"; printf '%s\\0' "$V0" "$V1"`;
    const file = fileOf(envText({ V0: '$x `y` "z" \\', V1: 'ö' }));
    const out = execFileSync('sh', ['-c', script, 'sh', file], { encoding: 'utf8' });
    expect(out).toBe('$x `y` "z" \\\0ö\0');
  });

  test('is one quoted assignment per line, as systemd.exec(5) reads it', () => {
    for (const line of envText(values).trimEnd().split('\n')) {
      const [, name = '', quoted = ''] = /^(\w+)="((?:[^"\\$`]|\\[\\"$`])*)"$/.exec(line) ?? [];
      expect(quoted.replace(/\\([\\"$`])/g, '$1'), line).toBe(values[name]);
    }
  });
});

test('JSON ends in a newline and holds every text', () => {
  expect(jsonText(strange).endsWith('\n')).toBe(true);
  expect(JSON.parse(jsonText(strange))).toEqual(strange);
});

test('TOML holds every text, as value and as key', () => {
  const table = { list: strange, table: Object.fromEntries(strange.map((value) => [value, value])) };
  expect(parseToml(tomlText(table))).toEqual(table);
});

test('TOML means the same to Python', () => {
  const table = { list: strange, 'io.containerd.cri.v1': { a: true, b: 1, c: 1.5 } };
  const script = 'import sys, tomllib, json; json.dump(tomllib.load(sys.stdin.buffer), sys.stdout)';
  expect(readBack('python3', ['-c', script], tomlText(table))).toEqual(table);
});

test('the artifact list: a line an artifact, a line a member', () => {
  const one = unlockedFor({ name: 'etcd', version: '3.6.8', arch: 'amd64' });
  const members = [
    { from: 'etcd-v3.6.8/etcd', to: '/usr/local/bin/etcd', mode: '0755' },
    { from: '', to: '/usr/local/bin/x', mode: '0755' },
  ];
  expect(artifactsText([{ ...one, members }])).toBe(
    [
      `artifact etcd sha256 ${'0'.repeat(64)} etcd https://example.com/etcd`,
      '  0755 /usr/local/bin/etcd etcd-v3.6.8/etcd',
      '  0755 /usr/local/bin/x -',
      '',
    ].join('\n'),
  );
  const { checksum: _, ...unlocked } = one;
  expect(artifactsText([{ ...unlocked, checksumUrl: 'https://example.com/sums' }])).toBe(
    'artifact etcd sha256 - etcd https://example.com/etcd https://example.com/sums\n',
  );
});
