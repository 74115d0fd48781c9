import { describe, expect, test } from 'vitest';
import { hasErrors } from '../../src/base/diagnostic.ts';
import { clusterJsonSchema } from '../../src/model/json-schema.ts';
import { loadClusterFile } from '../../src/model/loading/load.ts';
import { readCluster } from '../../src/model/read-cluster.ts';
import { inSchemaWords } from '../../src/model/schema/synonyms.ts';
import { clusterText } from '../support/cluster-text.ts';

const older = clusterText();
const newer = older.replace('  masters:', '  controlPlane:');
const names = [
  ['masters', older],
  ['controlPlane', newer],
] as const;

test('a cluster file means the same under both names', () => {
  const [one, other] = [older, newer].map((text) => loadClusterFile(text, 'a'));
  expect(one?.diagnostics).toEqual([]);
  expect(other?.value?.file).toEqual(one?.value?.file);
});

test('the parsed data are not changed', () => {
  const data = { name: 'a', nodes: { masters: [1], workers: [2] } };
  const { data: changed } = inSchemaWords(data);
  expect(Object.entries(changed)).toEqual([
    ['name', 'a'],
    ['nodes', { controlPlane: [1], workers: [2] }],
  ]);
  expect(data).toEqual({ name: 'a', nodes: { masters: [1], workers: [2] } });
});

test.each([null, [], 'text', 1])('nodes that are %j have no keys', (nodes) => {
  expect(inSchemaWords({ nodes })).toEqual({ data: { nodes }, spelling: [], doubled: [] });
});

describe.each(names)('with %s', (name, text) => {
  const told = (changed: string) => readCluster(changed, 'a').diagnostics;
  const line = (changed: string, word: string) => changed.split('\n').findIndex((one) => one.includes(word)) + 1;

  test('a diagnostic names the key, and stands at its line', () => {
    const empty = text.replace(new RegExp(`${name}:\n.*\n`), `${name}: []\n`);
    expect(told(empty)).toMatchObject([
      {
        code: 'out-of-range',
        message: `'nodes.${name}' needs at least 1 entry`,
        path: ['nodes', name],
        span: { line: line(empty, name) },
      },
    ]);
  });

  test('a rule names the key as well, also in a message about another node', () => {
    const twice = text.replace('10.0.0.21', '10.0.0.11');
    expect(told(twice)).toMatchObject([
      { code: 'duplicate-address', message: expect.stringContaining(`nodes.${name}[0] has it too`) },
    ]);
    const even = text.replace('- address: 10.0.0.11', '- address: 10.0.0.11\n    - address: 10.0.0.12');
    expect(told(even)).toMatchObject([
      { code: 'etcd-even', path: ['nodes', name], span: { line: line(even, name), column: 3 } },
    ]);
  });

  test('a misspelt key finds the name', () => {
    const slip = `${name.slice(0, -2)}${name.at(-1)}${name.at(-2)}`;
    expect(told(text.replace(`${name}:`, `${slip}:`))).toContainEqual(
      expect.objectContaining({ code: 'unknown-key', hint: `did you mean '${name}'?` }),
    );
  });
});

test('both names at once are reported at the older one only', () => {
  const both = older.replace('  masters:', '  controlPlane:\n    - address: 10.0.0.12\n  masters:');
  const { value, diagnostics } = readCluster(both, 'a');
  expect([value, hasErrors(diagnostics)]).toEqual([undefined, true]);
  const line = both.split('\n').indexOf('  masters:') + 1;
  expect(diagnostics).toMatchObject([{ code: 'key-twice', span: { line, column: 3 }, hint: expect.any(String) }]);
});

test('the top-level key is free', () => {
  expect(readCluster(`${older}\ncontrolPlane: {}\n`, 'a').diagnostics).toMatchObject([
    { code: 'unknown-key', path: ['controlPlane'] },
  ]);
});

test('the JSON Schema takes one of the names', () => {
  const { properties } = clusterJsonSchema() as { properties: Record<string, Record<string, never>> };
  const { properties: keys = {}, required, oneOf } = properties.nodes ?? {};
  expect(Object.keys(keys).slice(0, 2)).toEqual(['controlPlane', 'masters']);
  const { controlPlane, masters } = keys as Record<string, object>;
  expect(masters).toEqual({ ...controlPlane, description: expect.stringContaining('older name') });
  expect(required ?? []).not.toContain('controlPlane');
  expect(oneOf).toEqual([{ required: ['controlPlane'] }, { required: ['masters'] }]);
});
