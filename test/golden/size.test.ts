import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packagePath } from '../../src/base/files/package-root.ts';
import { gzip } from '../../src/delivery/encode.ts';
import { begin } from '../../src/commands/io.ts';
import { recalled } from '../../src/workflow/recall.ts';
import { renderNodes } from '../../src/workflow/render-nodes.ts';
import { memoryIo } from '../commands/fixture.ts';
import { goldenFolder } from '../support/examples.ts';
import { tempFolder } from '../support/temp-folder.ts';

/**
 * Limits for user-data of a blank image, compressed as `--format gzip` does it, with real ECDSA certificates and keys:
 * in one piece, and with the image layer on a mirror. EC2 takes 16,384 bytes; a worker should leave half of them to its
 * user. The figures are the current sizes, so that every increase is noticed: lower them whenever a node becomes
 * smaller.
 */
const budget = {
  // With a data disk.
  modern: { m1: { whole: 37_800, payload: 14_360 }, w1: { whole: 16_050, payload: 5_480 } },
  smallest: { 'smallest-m1': { whole: 34_900, payload: 14_250 }, 'smallest-w1': { whole: 15_870, payload: 5_360 } },
} as const;

/** Fills the whole cluster file's `artifacts`; smallest has none. */
const mirrored = 'artifacts: { payload: mirror, mirrors: [https://artifacts.example.com/knode] }\n';

/** Keys are random and the compression follows them: of 25 renders, a master's heaviest had 390 bytes more than its lightest, a worker's 90. */
async function once(name: keyof typeof budget, payload: boolean): Promise<Record<string, number>> {
  const folder = tempFolder('size');
  cpSync(goldenFolder(name), folder, { recursive: true });
  const file = join(folder, 'cluster.yaml');
  const text = readFileSync(file, 'utf8').replace(/^artifacts:\n(?: .*\n)+/m, '');
  writeFileSync(file, payload ? `${text}${mirrored}` : text);
  const lock = name === 'modern' ? join(folder, 'knode.lock.yaml') : packagePath('test/fixtures/test.lock.yaml');
  const session = begin({ file, lock, unlocked: payload }, memoryIo());
  const { read } = session;
  expect(read.cluster.spec.pki.algorithm).toBe('ecdsa-p256');
  const nodes = read.cluster.nodes.filter((node) => Object.hasOwn(budget[name], node.name));
  const rendered = await renderNodes(await recalled(session), nodes, { found: false });
  return Object.fromEntries(rendered.nodes.map(({ plan, userData }) => [plan.node.name, gzip(userData).length]));
}

/** The lightest of three renders: chance makes one of them heavy, code makes all three heavy. */
async function sizes(name: keyof typeof budget, payload: boolean): Promise<Record<string, number>> {
  const tries = [await once(name, payload), await once(name, payload), await once(name, payload)];
  const nodes = Object.keys(tries[0] ?? {});
  return Object.fromEntries(nodes.map((node) => [node, Math.min(...tries.map((sizes) => sizes[node] ?? Infinity))]));
}

const names = Object.keys(budget) as (keyof typeof budget)[];

test.each(names.flatMap((name) => (['whole', 'payload'] as const).map((how) => [name, how] as const)))(
  'nodes of %s from a blank image are within their size: %s',
  async (name, how) => {
    const reached = await sizes(name, how === 'payload');
    expect(Object.keys(reached).sort()).toEqual(Object.keys(budget[name]).sort());
    for (const [node, may] of Object.entries(budget[name]))
      expect(reached[node], `${node} ${JSON.stringify(reached)}`).toBeLessThanOrEqual(may[how]);
  },
);
