import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { validate } from '../../src/commands/validate.ts';
import { freshCluster, freshFolder, memoryIo, mistakes } from './fixture.ts';

interface Answer {
  readonly valid: boolean;
  readonly diagnostics: readonly { readonly code: string; readonly severity: string; readonly span?: object }[];
}

async function asJson(file: string): Promise<Answer> {
  const io = memoryIo();
  await mistakes(() => validate({ file, json: true }, io));
  expect(io.err()).toBe('');
  return JSON.parse(io.out()) as Answer;
}

describe('all errors, at once', () => {
  const broken = () =>
    freshCluster((text) => `${text}\npki: { certificateValidity: 99999999h }\nos: { timezone: Mars/Base }\n`);

  test('as text', async () => {
    const said = await mistakes(() => validate({ file: broken() }, memoryIo()));
    expect(said.map((one) => one.split(':')[0])).toEqual(['pki-outlives-ca', 'unknown-timezone']);
  });

  test('as JSON, with places', async () => {
    const { valid, diagnostics } = await asJson(broken());
    expect(valid).toBe(false);
    expect(diagnostics.map((one) => one.code)).toEqual(['pki-outlives-ca', 'unknown-timezone']);
    expect(diagnostics.every((one) => one.span !== undefined)).toBe(true);
  });

  test('also errors in the nodes’ plans, and missing files', async () => {
    const own = 'extraFiles:\n  - { path: /etc/hosts, content: x }\n  - { path: /etc/motd, source: nothing-here }\n';
    const { valid, diagnostics } = await asJson(freshCluster((text) => `${text}\n${own}`));
    expect(valid).toBe(false);
    expect(diagnostics.map((one) => one.code)).toEqual(expect.arrayContaining(['path-taken']));
  });
});

test('a valid file as JSON', async () => {
  expect(await asJson(freshCluster())).toEqual({ valid: true, diagnostics: [] });
});

test('a missing lock only warns, and names the command that makes one', async () => {
  const file = freshCluster();
  rmSync(join(dirname(file), 'knode.lock.yaml'));
  const io = memoryIo();
  await validate({ file }, io);
  expect(io.err()).toMatch(/warning: .*[\s\S]*knode mirror lock/);
  expect(io.out()).toContain('is valid');
});

test('a damaged lock is an error', async () => {
  const file = freshCluster();
  writeFileSync(join(dirname(file), 'knode.lock.yaml'), '[');
  expect((await asJson(file)).valid).toBe(false);
});

describe('a file that cannot be read', () => {
  test.each<[string, (file: string) => void, RegExp]>([
    ['missing', () => {}, /^file-unreadable: cannot read .*: there is no such file \| .*knode init/],
    ['a folder', (file) => mkdirSync(file), /^file-unreadable: cannot read .*: it is a folder/],
    ['not UTF-8', (file) => writeFileSync(file, new Uint8Array([0x6e, 0xf6])), /^not-utf8: /],
    ['2 MB', (file) => writeFileSync(file, 'a: b\n'.repeat(400_000)), /^file-too-large: .*2000000 bytes/],
    ['empty', (file) => writeFileSync(file, ''), /^not-a-map: the file is empty/],
    ['an image', (file) => writeFileSync(file, new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a])), /^not-utf8: /],
  ])('%s', async (_, make, said) => {
    const file = join(freshFolder(), 'cluster.yaml');
    make(file);
    expect(await mistakes(() => validate({ file }, memoryIo()))).toEqual([expect.stringMatching(said)]);
    const { valid, diagnostics } = await asJson(file);
    expect([valid, diagnostics.length]).toEqual([false, 1]);
  });
});
