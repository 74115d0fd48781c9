import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packagePath } from '../../src/base/package-root.ts';
import { gzip } from '../../src/cloudinit/format.ts';
import { readClusterFile } from '../../src/commands/read-inputs.ts';
import { renderNodes } from '../../src/commands/render-nodes.ts';
import { memoryIo } from '../commands/fixture.ts';
import { goldenFolder } from '../support/examples.ts';
import { tempFolder } from '../support/temp-folder.ts';

/**
 * What user-data may weigh, compressed as `--format gzip` does it, with real certificates and keys: a blank image gets all three layers.
 * EC2 takes 16,384 bytes, and that is what a master is to fit, and a worker 8,192. Until then the figures below hold what is
 * reached, so that no change makes it worse unseen: who makes a node lighter lowers its figure.
 */
const budget: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  // With a data disk, and flannel's subnets in etcd: a certificate more on each worker.
  modern: { m1: 26_800, w1: 11_500 },
  smallest: { 'smallest-m1': 23_200, 'smallest-w1': 10_400 },
};

/** Keys are random and the compression follows them: up to a hundred bytes more or less from run to run. */
async function sizes(name: string): Promise<Record<string, number>> {
  const folder = tempFolder('size');
  cpSync(goldenFolder(name), folder, { recursive: true });
  const file = join(folder, 'cluster.yaml');
  const { value: read } = readClusterFile(file);
  if (read === undefined) throw new Error(`${name} is no cluster file`);
  expect(read.cluster.spec.pki.algorithm).toBe('ecdsa-p256');
  const nodes = read.cluster.nodes.filter((node) => budget[name]?.[node.name] !== undefined);
  const lock = name === 'modern' ? join(folder, 'knode.lock.yaml') : packagePath('test/fixtures/test.lock.yaml');
  const rendered = await renderNodes(read, nodes, { file, lock }, memoryIo());
  return Object.fromEntries(rendered.nodes.map(({ plan, userData }) => [plan.node.name, gzip(userData).length]));
}

test.each(Object.keys(budget))('nodes of %s from a blank image weigh no more than they may', async (name) => {
  const reached = await sizes(name);
  expect(Object.keys(reached).sort()).toEqual(Object.keys(budget[name] ?? {}).sort());
  for (const [node, bytes] of Object.entries(reached))
    expect(bytes, node).toBeLessThanOrEqual(budget[name]?.[node] ?? 0);
});
