import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { kubeconfig } from '../../src/commands/kubeconfig.ts';
import { render } from '../../src/commands/render.ts';
import { freshCluster, freshFolder, memoryIo, mistakes, tree } from './fixture.ts';

const tracked = 'knode.authorities.yaml';
const w1 = { node: 'w1', json: true };

/** Names of the keys that the file tracks, by cluster. */
function keysOf(folder: string): string[] {
  const text = readFileSync(join(folder, tracked), 'utf8');
  return [...text.matchAll(/^ {4}([a-z-]+): sha256:[0-9a-f]{64}$/gm)].map((match) => match[1] ?? '');
}

test('a state elsewhere is tracked on request only, and compared from then on', async () => {
  const file = freshCluster();
  const folder = dirname(file);
  const trial = freshFolder();
  await render({ file, ...w1, state: join(trial, 'a') }, memoryIo());
  expect(existsSync(join(folder, tracked))).toBe(false);
  await render({ file, ...w1, state: join(trial, 'a'), newState: true }, memoryIo());
  expect(keysOf(folder)).toEqual(['etcd', 'front-proxy', 'kubernetes', 'service-account']);
  expect(await mistakes(() => render({ file, ...w1, state: join(trial, 'b') }, memoryIo()))).toEqual([
    expect.stringMatching(/^state-not-ours: there is no state in /),
  ]);
  expect(existsSync(join(trial, 'b'))).toBe(false);
  const before = tree(folder);
  await render({ file, ...w1, state: join(trial, 'b'), untrackedState: true }, memoryIo());
  expect(tree(folder)).toEqual(before);
});

test('keys are tracked when they are made, and an equal file is not rewritten', async () => {
  const file = freshCluster();
  const folder = dirname(file);
  const person = { file, user: 'jane', group: ['devs'] };
  await kubeconfig(person, memoryIo());
  expect(keysOf(folder)).toEqual(['kubernetes', 'service-account']);
  await render({ file, ...w1 }, memoryIo());
  expect(keysOf(folder)).toEqual(['etcd', 'front-proxy', 'kubernetes', 'service-account']);
  const io = memoryIo();
  await render({ file, ...w1 }, io);
  expect(io.err()).not.toContain(tracked);
});

test('two clusters in one folder share the file', async () => {
  const file = freshCluster();
  const other = join(dirname(file), 'other.yaml');
  writeFileSync(other, readFileSync(file, 'utf8').replace('name: prod', 'name: test'));
  await render({ file, ...w1 }, memoryIo());
  await render({ file: other, ...w1, state: join(freshFolder(), 'test'), newState: true }, memoryIo());
  expect(readFileSync(join(dirname(file), tracked), 'utf8')).toMatch(/^ {2}prod:$[\s\S]*^ {2}test:$/m);
  await render({ file, ...w1 }, memoryIo());
});

test('an existing folder keeps its own ignore rules', async () => {
  const file = freshCluster();
  const output = join(freshFolder(), 'there');
  mkdirSync(output);
  writeFileSync(join(output, 'notes'), '');
  await render({ file, node: 'w1', output }, memoryIo());
  expect(existsSync(join(output, '.gitignore'))).toBe(false);
  writeFileSync(join(output, '.gitignore'), 'm1/\n');
  await render({ file, node: 'm1', output }, memoryIo());
  expect(readFileSync(join(output, '.gitignore'), 'utf8')).toBe('m1/\n');
});
