import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/base/digest.ts';
import { packagePath } from '../../src/base/files/package-root.ts';
import { formatDiagnostics } from '../../src/base/format-diagnostic.ts';
import { stringifyLock } from '../../src/mirror/lock/file.ts';
import { parseLock, readLock } from '../../src/mirror/lock/lock.ts';
import type { LockEntry } from '../../src/mirror/lock/schema.ts';
import { tempFolder } from '../support/temp-folder.ts';

const hash = sha256('x');
const head = 'apiVersion: knode.dev/v1\nkind: Lock\nartifacts:\n';

/** A lock with one entry whose lines are given, or the good one with lines replaced. */
function entry(change: Record<string, string | undefined> = {}): string {
  const fields: Record<string, string | undefined> = {
    name: 'etcd',
    version: '3.6.14',
    arch: 'amd64',
    url: 'https://example.com/etcd.tar.gz',
    sha256: hash,
    checksumFrom: 'published',
    ...change,
  };
  const lines = Object.entries(fields).flatMap(([key, value]) => (value === undefined ? [] : [`${key}: ${value}`]));
  return `  - ${lines.join('\n    ')}\n`;
}

/** `line:column code message` of each diagnostic. */
function complaints(text: string): string[] {
  const report = parseLock(text, 'knode.lock.yaml');
  if (report.diagnostics.length > 0) expect(report.value).toBeUndefined();
  return report.diagnostics.map((d) => `${d.span?.line}:${d.span?.column} ${d.code} ${d.message}`);
}

describe('parseLock', () => {
  it('reads a good lock', () => {
    const report = parseLock(head + entry({ size: '123', key: 'a/b.tgz' }), 'knode.lock.yaml');
    expect(report.diagnostics).toEqual([]);
    expect(report.value?.entries).toEqual([
      {
        name: 'etcd',
        version: '3.6.14',
        arch: 'amd64',
        url: 'https://example.com/etcd.tar.gz',
        size: 123,
        algorithm: 'sha256',
        checksum: hash,
        checksumFrom: 'published',
        key: 'a/b.tgz',
      },
    ]);
  });

  it('reads versions and checksums as text, whatever their form', () => {
    const checksum = `${'1'.repeat(10)}e${'2'.repeat(53)}`;
    const { value } = parseLock(head + entry({ version: '1.10', sha256: checksum.toUpperCase() }), 'l');
    expect(value?.entries[0]).toMatchObject({ version: '1.10', checksum });
  });

  it.each<[string, Record<string, string | undefined>, string]>([
    ['an unknown key', { sha265: hash }, "10:5 unknown-key unknown key 'sha265' in artifacts[0]"],
    ['a missing key', { url: undefined }, "4:5 missing 'artifacts[0].url' is missing"],
    [
      'a short checksum',
      { sha256: 'abc' },
      "8:13 invalid-value 'artifacts[0].sha256' is not a sha256 checksum: 64 hex digits",
    ],
    [
      'an empty checksum',
      { sha256: '' },
      "8:5 invalid-value 'artifacts[0].sha256' is not a sha256 checksum: 64 hex digits",
    ],
    ['no checksum', { sha256: undefined }, "4:5 invalid-value 'artifacts[0]' has no checksum: give sha256 or sha512"],
    ['two checksums', { sha512: hash + hash }, "4:5 invalid-value 'artifacts[0]' has both sha256 and sha512: keep one"],
    [
      'a foreign architecture',
      { arch: 'riscv64' },
      "6:11 invalid-value 'artifacts[0].arch' must be one of amd64, arm64",
    ],
    [
      'a `..` in the key',
      { key: 'a/../../b' },
      "10:10 invalid-value 'artifacts[0].key' is not a plain relative path: no leading '/', no '..', no blanks",
    ],
    [
      'a `..` in the version',
      { version: '../../x' },
      "5:14 invalid-value 'artifacts[0].version' is not a version: letters, digits, dots and dashes",
    ],
    [
      'a `..` in the name',
      { name: '..' },
      "4:11 invalid-value 'artifacts[0].name' is not an artifact name: lower-case letters, digits and dashes",
    ],
    [
      'a password in the URL',
      { url: 'https://u:p@h/x' },
      "7:10 invalid-value 'artifacts[0].url' is not a plain http(s) URL of a file: no user or password, no blanks, no '..'",
    ],
    ...['index.json', 'SHA256SUMS', 'index.json/etcd'].map((key): [string, Record<string, string>, string] => [
      `a key of the mirror’s own, ${key}`,
      { key },
      "10:10 invalid-value 'artifacts[0].key' is a file of the mirror itself (index.json, SHA256SUMS), or lies below one",
    ]),
    ['a list for a text', { version: '[1]' }, "5:5 wrong-type 'artifacts[0].version' must be a text"],
    ['a size that is none', { size: '-1' }, "10:11 invalid-value 'artifacts[0].size' is not a number of bytes"],
  ])('points at %s', (_, change, complaint) => {
    expect(complaints(head + entry(change))).toEqual([complaint]);
  });

  it('reports all mistakes at once, in the order of the file', () => {
    const text = head.replace('kind: Lock', 'kind: Cluster') + entry({ arch: 'x' }) + entry({ sha256: 'y' });
    expect(complaints(text).map((line) => line.split(' ')[0])).toEqual(['2:7', '6:11', '14:13']);
  });

  it('points at the second of two entries for one artifact, and at a shared key', () => {
    expect(complaints(head + entry() + entry())).toEqual([
      '10:11 duplicate-artifact etcd 3.6.14 amd64 is pinned twice, first in line 4',
    ]);
    const shared = head + entry({ key: 'a/b' }) + entry({ key: 'a/b', arch: 'arm64' });
    expect(complaints(shared)).toEqual([
      "17:10 duplicate-key two artifacts share the mirror key 'a/b', the other is in line 10",
    ]);
  });

  it.each([
    ['broken YAML', 'kind: [\n', /^2:1 yaml-/],
    ['a duplicate key', `kind: Lock\n${head}`, /^3:1 yaml-duplicate-key/],
    ['two documents', `${head}  []\n---\nx: y\n`, /^5:1 yaml-multiple-docs/],
    ['an alias', `${head}  - &a {name: b}\n  - *a\n`, /^5:5 yaml-aliases/],
    ['an empty file', '', /^1:1 not-a-map/],
    ['a list', '- 1\n', /^1:1 (not-a-map|wrong-type)/],
  ])('reports %s', (_, text, expected) => {
    expect(complaints(text)).toEqual([expect.stringMatching(expected)]);
  });

  it('suggests the nearest key and shows the line', () => {
    const { diagnostics } = parseLock(head + entry({ sha265: hash }), 'knode.lock.yaml');
    expect(formatDiagnostics(diagnostics)).toBe(
      `knode.lock.yaml:10:5: error: unknown key 'sha265' in artifacts[0] [unknown-key]
  10 |     sha265: ${hash}
     |     ^^^^^^
  help: did you mean 'sha256'?

1 error
`,
    );
  });
});

describe('readLock', () => {
  it('returns nothing for a missing lock', () => {
    const folder = tempFolder('lock');
    expect(readLock(join(folder, 'knode.lock.yaml'))).toEqual({ diagnostics: [] });
    expect(() => readLock(folder)).toThrow(/cannot read .*\(EISDIR\)/);
    rmSync(folder, { recursive: true });
  });
});

describe('stringifyLock', () => {
  const base = { url: 'https://example.com/x', algorithm: 'sha256', checksum: hash, checksumFrom: 'user' } as const;
  const entries: LockEntry[] = [
    { ...base, name: 'etcd', version: '3.5.10', arch: 'arm64', size: 5, key: 'k/x' },
    { ...base, name: 'etcd', version: '3.5.9', arch: 'amd64', algorithm: 'sha512', checksum: hash + hash },
    { ...base, name: 'cni-plugins', version: '1.10', arch: 'amd64', checksum: `1e${'0'.repeat(62)}` },
    { ...base, name: 'etcd', version: '3.5.10', arch: 'amd64' },
  ];

  it('sorts, and is parsed back unchanged', () => {
    const text = stringifyLock(entries);
    const report = parseLock(text, 'l');
    expect(report.diagnostics).toEqual([]);
    expect(report.value?.entries).toEqual([entries[2], entries[1], entries[3], entries[0]]);
    expect(stringifyLock(report.value?.entries ?? [])).toBe(text);
    expect(stringifyLock(entries.toReversed())).toBe(text);
    expect(text).not.toMatch(/[ \t]$/m);
  });

  it.each(['examples/modern/knode.lock.yaml', 'test/fixtures/test.lock.yaml'])('wrote %s', (file) => {
    const text = readFileSync(packagePath(file), 'utf8');
    const report = parseLock(text, file);
    expect(report.diagnostics).toEqual([]);
    const header = text.slice(0, text.indexOf('\n\n')).replace(/^# ?/gm, '');
    expect(stringifyLock(report.value?.entries ?? [], header)).toBe(text);
  });
});
