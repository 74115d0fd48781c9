import { expect, test } from 'vitest';
import { encryption } from '../../src/component/control-plane/encryption.ts';
import type { Cluster } from '../../src/model/cluster.ts';
import { type Memory, nothingKnown } from '../../src/record/memory.ts';
import { recall } from '../../src/record/recall.ts';
import { clusterOf } from '../support/cluster-text.ts';

const writer = 'kubernetes.apiServer.encryption.provider';
const readers = 'kubernetes.apiServer.encryption.readers';

function wanting(provider: string, resources: readonly string[] = ['secrets'], masters = 3): Cluster {
  const nodes = { masters: [11, 12, 13].slice(0, masters).map((last) => ({ address: `10.0.0.${last}` })) };
  return clusterOf({ nodes, kubernetes: { apiServer: { encryption: { provider, resources } } } });
}

interface Entry {
  readonly resources: readonly string[];
  readonly providers: readonly object[];
}

/** The encryption in a master's configuration: `secrets: aescbc secretbox identity`. */
function configured(cluster: Cluster): string[] {
  const node = cluster.masters[0];
  if (node === undefined) throw new Error('no master');
  const content = encryption.contribute({ cluster, node })?.files?.[0]?.content;
  if (content === undefined || content.kind !== 'yaml') return [];
  const [{ resources }] = content.documents as [{ resources: readonly Entry[] }];
  const names = (entry: Entry) => entry.providers.map((one) => Object.keys(one)[0]).join(' ');
  return resources.map((entry) => `${entry.resources.join(',')}: ${names(entry)}`);
}

/** Renders one cluster file after the other; returns the output and the warnings of the last one. */
function rendered(...steps: readonly (readonly [Cluster, ...string[]])[]): { config: string[]; codes: string[] } {
  let memory: Memory = nothingKnown;
  let last = { config: [] as string[], codes: [] as string[] };
  for (const [cluster, ...allowed] of steps) {
    const found = recall(memory, cluster, allowed);
    memory = found.memory;
    last = { config: configured(found.cluster), codes: found.diagnostics.map(({ code }) => code) };
  }
  return last;
}

const reads = ['encryption-reads-first'];
const old = ['encryption-old-reader'];

test.each([
  ['secretbox', ['secrets: secretbox identity']],
  ['none', []],
])('a first render with %s follows the file', (provider, config) => {
  expect(rendered([wanting(provider)])).toEqual({ config, codes: [] });
});

test('another provider reads first, writes when allowed, and the old one stays a reader', () => {
  const first = [wanting('secretbox')] as const;
  const next = [wanting('aescbc')] as const;
  expect(rendered(first, next)).toEqual({ config: ['secrets: secretbox aescbc identity'], codes: reads });
  expect(rendered(first, next, next)).toEqual({ config: ['secrets: secretbox aescbc identity'], codes: reads });
  const allowed = [wanting('aescbc'), writer] as const;
  expect(rendered(first, next, allowed)).toEqual({ config: ['secrets: aescbc secretbox identity'], codes: old });
  expect(rendered(first, next, allowed, next)).toEqual({ config: ['secrets: aescbc secretbox identity'], codes: old });
  const forgotten = [wanting('aescbc'), readers] as const;
  expect(rendered(first, next, allowed, forgotten)).toEqual({ config: ['secrets: aescbc identity'], codes: [] });
  expect(rendered(first, next, allowed, forgotten, next)).toEqual({ config: ['secrets: aescbc identity'], codes: [] });
});

test('a reverted change leaves the new provider as a reader: a master may use it', () => {
  expect(rendered([wanting('secretbox')], [wanting('aescbc')], [wanting('secretbox')])).toEqual({
    config: ['secrets: secretbox aescbc identity'],
    codes: old,
  });
});

test('disabled encryption writes plain objects at once, and the provider stays a reader', () => {
  expect(rendered([wanting('secretbox')], [wanting('none')])).toEqual({
    config: ['secrets: identity secretbox'],
    codes: old,
  });
  expect(rendered([wanting('secretbox')], [wanting('none')], [wanting('none'), readers])).toEqual({
    config: [],
    codes: [],
  });
});

test('newly enabled encryption reads first', () => {
  expect(rendered([wanting('none')], [wanting('secretbox')])).toEqual({
    config: ['secrets: identity secretbox'],
    codes: reads,
  });
  expect(rendered([wanting('none')], [wanting('secretbox')], [wanting('secretbox'), writer])).toEqual({
    config: ['secrets: secretbox identity'],
    codes: [],
  });
});

test('a single API server never meets objects written by another', () => {
  expect(rendered([wanting('secretbox', ['secrets'], 1)], [wanting('aescbc', ['secrets'], 1)])).toEqual({
    config: ['secrets: aescbc secretbox identity'],
    codes: old,
  });
});

test('a new resource reads first, a removed one stays readable', () => {
  const both = ['secrets', 'configmaps'];
  expect(rendered([wanting('secretbox')], [wanting('secretbox', both)])).toEqual({
    config: ['secrets: secretbox identity', 'configmaps: identity secretbox'],
    codes: reads,
  });
  expect(rendered([wanting('secretbox', both)], [wanting('secretbox')])).toEqual({
    config: ['secrets: secretbox identity', 'configmaps: identity secretbox'],
    codes: old,
  });
});

test('the order of resources is not a change', () => {
  const both = ['secrets', 'configmaps'];
  expect(rendered([wanting('secretbox', both)], [wanting('secretbox', both.toReversed())])).toEqual({
    config: ['configmaps,secrets: secretbox identity'],
    codes: [],
  });
});

test('a pattern comes after the resources that it covers, in a separate entry', () => {
  expect(rendered([wanting('secretbox')], [wanting('secretbox', ['*.*'])])).toEqual({
    config: ['secrets: secretbox identity', '*.*: identity secretbox'],
    codes: reads,
  });
  expect(rendered([wanting('secretbox')], [wanting('secretbox', ['*.*']), writer])).toEqual({
    config: ['secrets: secretbox identity', '*.*: secretbox identity'],
    codes: [],
  });
  expect(rendered([wanting('secretbox', ['*.*'])], [wanting('secretbox')])).toEqual({
    config: ['secrets: secretbox identity', '*.*: identity secretbox'],
    codes: old,
  });
});
