/** Work on a cluster file takes a time proportional to its size, even for hostile files. */
import { describe, expect, test } from 'vitest';
import { formatDiagnostics } from '../../src/base/format-diagnostic.ts';
import { mostTold } from '../../src/base/most-told.ts';
import { parseLock } from '../../src/mirror/lock/lock.ts';
import { maxClusterFileBytes } from '../../src/model/loading/load.ts';
import { readCluster } from '../../src/model/read-cluster.ts';

const head = `apiVersion: knode.dev/v1
kind: Cluster
name: x
kubernetes: { version: 1.36.3 }
apiEndpoint: { address: 10.30.0.11 }
nodes:
  masters: [{ address: 10.30.0.11 }]
`;
const many = (count: number, line: (index: number) => string, glue = '') =>
  Array.from({ length: count }, (_, index) => line(index)).join(glue);

const files: Readonly<Record<string, (count: number) => string>> = {
  'aliases of an anchor each': (count) => `${head}a: [${many(count, (i) => `&a${i} 1, *a${i}`, ', ')}]\n`,
  'aliases of one anchor': (count) => `${head}a: [&a 1, ${many(count, () => '*a', ', ')}]\n`,
  'aliases without an anchor': (count) => `${head}a: [${many(count, (i) => `*a${i}`, ', ')}]\n`,
  'unknown keys': (count) => `${head}${many(count, (i) => `k${i}: 1\n`)}`,
  'keys below an unknown one': (count) => `${head}x:\n${many(count, (i) => `  k${i}: 1\n`)}`,
  'the same key': (count) => `${head}${many(count, () => 'k: 1\n')}`,
  'labels of a node': (count) => {
    const worker = `  workers:\n    - address: 10.30.0.21\n      labels:\n${many(count, (i) => `        k${i}: v\n`)}`;
    return `${head}${worker}`;
  },
};

/** Seconds of processor time, which a busy machine does not lengthen much. */
function seconds(work: () => void): number {
  const begin = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1e6;
}

describe('a cluster file with 40,000', () => {
  test.each(Object.keys(files))(
    '%s',
    (name) => {
      const text = files[name]?.(40_000) ?? '';
      expect(text.length).toBeLessThan(maxClusterFileBytes);
      let told = '';
      const taken = seconds(() => {
        told = formatDiagnostics(readCluster(text, 'cluster.yaml').diagnostics);
      });
      // The library's own way took from eight seconds to more than a minute.
      expect(taken).toBeLessThan(6);
      expect(told.split('\n').length).toBeLessThan(mostTold * 6);
    },
    120_000,
  );
});

test('mistakes beyond the first are counted', () => {
  const { diagnostics } = readCluster(files['unknown keys']?.(2000) ?? '', 'cluster.yaml');
  expect(diagnostics.length).toBe(mostTold + 1);
  expect(diagnostics.map(({ message }) => message)).toContain('1500 more mistakes like the last one are not shown');
});

test('a lock with 40,000 keys', () => {
  const text = `apiVersion: knode.dev/v1\nkind: Lock\nartifacts: []\n${many(40_000, (i) => `k${i}: 1\n`)}`;
  expect(seconds(() => parseLock(text, 'lock'))).toBeLessThan(6);
  const twice = parseLock('apiVersion: knode.dev/v1\nkind: Lock\nkind: Lock\nartifacts: []\n', 'lock').diagnostics;
  expect(twice).toMatchObject([{ code: 'yaml-duplicate-key', span: { line: 3, column: 1 } }]);
});
