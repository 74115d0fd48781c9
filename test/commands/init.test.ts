import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { init } from '../../src/commands/init.ts';
import { presets } from '../../src/commands/presets.ts';
import { validate } from '../../src/commands/validate.ts';
import { clusterJsonSchema } from '../../src/model/json-schema.ts';
import { freshCluster, freshFolder, memoryIo, mistakes, tree } from './fixture.ts';

test('writes a valid file, with the given name', async () => {
  const file = freshCluster();
  const io = memoryIo();
  await validate({ file }, io);
  expect(io.out()).toMatch(/is valid: cluster prod, Kubernetes 1\.\d+\.\d+, 5 nodes\n$/);
  expect(io.err()).toBe('');
});

test('names the schema in the first line of the file, for editors', () => {
  for (const preset of presets) {
    const file = join(freshFolder(), 'cluster.yaml');
    init({ file, preset }, memoryIo());
    const named = /^# yaml-language-server: \$schema=(\S+)\n/.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
    const schema = readFileSync(join(dirname(file), named), 'utf8');
    expect(JSON.parse(schema)).toEqual(JSON.parse(JSON.stringify(clusterJsonSchema())));
  }
});

test('accepts an existing schema with the same bytes', () => {
  const file = join(freshFolder(), 'cluster.yaml');
  init({ file }, memoryIo());
  for (const name of ['cluster.yaml', 'knode.lock.yaml']) rmSync(join(dirname(file), name));
  const io = memoryIo();
  init({ file }, io);
  expect(io.out()).not.toContain('schema');
});

test('reports the written files and the next step', () => {
  const file = join(freshFolder(), 'new/folder/cluster.yaml');
  const io = memoryIo();
  init({ file }, io);
  expect(io.out()).toContain(`wrote ${file}, `);
  expect(io.out()).toContain('knode validate');
  expect(readdirSync(dirname(file)).sort()).toEqual(['cluster.yaml', 'knode.lock.yaml', 'knode.schema.json']);
});

describe('never overwrites', () => {
  test.each(['cluster.yaml', 'knode.lock.yaml', 'knode.schema.json'])('%s', async (name) => {
    const folder = freshFolder();
    writeFileSync(join(folder, name), 'mine');
    expect(await mistakes(() => init({ file: join(folder, 'cluster.yaml') }, memoryIo()))).toEqual([
      expect.stringMatching(new RegExp(`^file-exists: .*${name} is there already`)),
    ]);
    expect(tree(folder)).toEqual({ [name]: '644 mine' });
  });

  test('refuses a folder of that name, too', async () => {
    const folder = freshFolder();
    mkdirSync(join(folder, 'cluster.yaml'));
    expect(await mistakes(() => init({ file: join(folder, 'cluster.yaml') }, memoryIo()))).toHaveLength(1);
  });
});

test('--dry-run shows what it would write and writes nothing', () => {
  const folder = freshFolder();
  const io = memoryIo();
  init({ file: join(folder, 'cluster.yaml'), dryRun: true }, io);
  expect(io.out()).toBe(
    `${['cluster.yaml', 'knode.lock.yaml', 'knode.schema.json'].map((name) => `write ${folder}/${name}\n`).join('')}dry run: nothing was written\n`,
  );
  expect(readdirSync(folder)).toEqual([]);
});

test.each(['No_Good', 'a.b', '-', 'x'.repeat(64)])(
  'a name of %s is refused before anything is written',
  async (name) => {
    const folder = freshFolder();
    const said = await mistakes(() => init({ file: join(folder, 'cluster.yaml'), name }, memoryIo()));
    expect(said).toEqual([expect.stringMatching(/^not-dns-1123: /)]);
    expect(existsSync(join(folder, 'cluster.yaml'))).toBe(false);
  },
);

test.each(['1e3', 'null', '007', 'yes'])('a name of %s stays a text', async (name) => {
  const file = join(freshFolder(), 'cluster.yaml');
  init({ file, name }, memoryIo());
  const io = memoryIo();
  await validate({ file }, io);
  expect(io.out()).toContain(`cluster ${name},`);
});

describe('presets', () => {
  const made = async (preset: string, name?: string) => {
    const file = join(freshFolder(), 'cluster.yaml');
    const io = memoryIo();
    init({ file, preset, ...(name === undefined ? {} : { name }) }, io);
    const check = memoryIo();
    await validate({ file }, check);
    return { file, text: readFileSync(file, 'utf8'), said: io.err(), valid: check.out(), missing: check.err() };
  };

  test('smallest: the example, under its own name or another, with a whole lock', async () => {
    expect((await made('smallest')).valid).toContain(': cluster smallest, ');
    expect(await made('smallest', 'lab')).toMatchObject({
      valid: expect.stringContaining(': cluster lab, '),
      said: '',
      missing: '',
    });
  });

  test('ansible-ha-1.16: a lock with the checksums that knode knows, and a note on the others', async () => {
    const { text, said, valid, missing } = await made('ansible-ha-1.16');
    expect(text).toContain('version: 1.16.0');
    expect(valid).toContain(': cluster bgbiao, Kubernetes 1.16.0, 5 nodes');
    expect(said).toMatch(/^knode: \S+knode\.lock\.yaml is to be completed: .*docker 19\.03\.1 amd64/m);
    expect(missing).toContain('artifact-not-locked');
  });

  test('seed-000 is the older name of ansible-ha-1.16', async () => {
    expect((await made('seed-000')).text).toBe((await made('ansible-ha-1.16')).text);
  });

  test('refuses an unknown preset', async () => {
    const file = join(freshFolder(), 'cluster.yaml');
    const say = (preset: string) => mistakes(() => init({ file, preset }, memoryIo()));
    expect(await say('modren')).toEqual(["unknown-preset: there is no preset 'modren' | did you mean 'modern'?"]);
    expect(await say('toString')).toEqual([
      "unknown-preset: there is no preset 'toString' | presets: modern, ansible-ha-1.16, smallest",
    ]);
    expect(existsSync(file)).toBe(false);
  });
});
