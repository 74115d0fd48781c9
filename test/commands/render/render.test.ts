import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { type RenderCommandOptions, render } from '../../../src/commands/render.ts';
import { freshCluster, freshFolder, memoryIo, mistakes, secretPattern, tree } from '../fixture.ts';

const first = { role: 'master', index: '0' };
const shared = freshCluster();

async function rendered(options: Omit<RenderCommandOptions, 'file'>, file = shared, now?: string) {
  const io = memoryIo(now);
  await render({ file, ...options }, io);
  return { out: io.out(), err: io.err() };
}

const zone = process.env.TZ;
afterEach(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

describe('one node', () => {
  test('is user-data on stdout and nothing else; notices are on stderr', async () => {
    const { out, err } = await rendered(first, freshCluster());
    expect(out.startsWith('#cloud-config\nhostname: m1\n')).toBe(true);
    expect(err).toMatch(/^knode: made \d+ .*kept in .*\.knode/m);
    expect(err).not.toMatch(secretPattern);
  });

  test('the keys it made are kept, for their owner only', async () => {
    const file = freshCluster();
    await rendered(first, file);
    const state = join(dirname(file), '.knode');
    expect(statSync(state).mode & 0o777).toBe(0o700);
    const open = Object.entries(tree(state)).filter(([, entry]) => !/^(600 |700\/)/.test(entry));
    expect(open.map(([path]) => path)).toEqual([]);
  });

  test('by its name is the same', async () => {
    const [{ out: byIndex }, { out: byName }] = [await rendered(first), await rendered({ node: 'm1' })];
    expect(byName === byIndex).toBe(true);
  });
});

describe('again, the same bytes', () => {
  test('gives the same bytes at once, after a day, in another time zone and from another folder', async () => {
    const file = freshCluster();
    const once = (await rendered(first, file)).out;
    const moved = join(freshFolder(), 'elsewhere');
    cpSync(dirname(file), moved, { recursive: true });
    const again = await rendered(first, file);
    process.env.TZ = 'Pacific/Kiritimati';
    const later = await rendered(first, file, '2026-11-22T08:00:00Z');
    const elsewhere = await rendered(first, join(moved, 'cluster.yaml'));
    expect([again.err, later.err, elsewhere.err]).toEqual(['', '', '']);
    expect([again.out, later.out, elsewhere.out].map((text) => text === once)).toEqual([true, true, true]);
  });

  test('gives the same bytes alone and with all others', async () => {
    const folder = join(freshFolder(), 'out');
    await rendered({ all: true, output: folder });
    const alone = (await rendered(first)).out;
    expect(readFileSync(join(folder, 'm1/user-data'), 'utf8') === alone).toBe(true);
  });
});

describe('every node', () => {
  test('-o writes a NoCloud seed each, the user-data for its owner only', async () => {
    const folder = join(freshFolder(), 'deep/out');
    const { out } = await rendered({ all: true, output: folder });
    expect(out).toBe('');
    expect(readdirSync(folder).sort()).toEqual(['.gitignore', 'm1', 'm2', 'm3', 'w1', 'w2']);
    expect(Object.entries(tree(join(folder, 'w1'))).map(([path, entry]) => `${entry.slice(0, 3)} ${path}`)).toEqual([
      '644 meta-data',
      '644 network-config',
      '600 user-data',
    ]);
  });

  test('needs a folder', async () => {
    expect(await mistakes(() => render({ file: shared, all: true }, memoryIo()))).toEqual([
      expect.stringMatching(/^needs-folder: .*-o out\//),
    ]);
  });
});

describe('--files', () => {
  test('writes the node’s root, with modes', async () => {
    const folder = join(freshFolder(), 'root');
    await rendered({ ...first, files: folder });
    const files = tree(folder);
    expect(files['etc/knode/node.env']).toMatch(/^644 NODE_NAME="m1"\n/m);
    expect(files['usr/local/lib/knode/fetch']).toMatch(/^755 #!/);
    const keys = Object.entries(files).filter(([, entry]) => entry.includes('PRIVATE KEY'));
    expect(keys.length).toBeGreaterThan(3);
    expect(keys.filter(([, entry]) => !entry.startsWith('600 '))).toEqual([]);
  });

  test('does not touch a folder that holds something', async () => {
    const folder = freshFolder();
    writeFileSync(join(folder, 'mine'), 'mine');
    expect(await mistakes(() => render({ file: shared, ...first, files: folder }, memoryIo()))).toEqual([
      expect.stringMatching(/^folder-not-empty: /),
    ]);
    expect(readdirSync(folder)).toEqual(['mine']);
  });
});

test('--dry-run writes nothing, not even the state, and lists its output', async () => {
  const file = freshCluster();
  const before = tree(dirname(file));
  const [output, files] = [join(dirname(file), 'out'), join(dirname(file), 'root')];
  const { out, err } = await rendered({ all: true, output, files, dryRun: true }, file);
  expect(tree(dirname(file))).toEqual(before);
  expect(out).toContain(`write ${output}/m1/user-data\n`);
  expect(out).toContain(`write ${files}/m1/etc/knode/node.env\n`);
  expect(out).toMatch(/create authority kubernetes: /);
  expect(out).toMatch(/dry run: nothing was written\n$/);
  expect(out + err).not.toMatch(secretPattern);
});

test('--json holds figures, never the user-data', async () => {
  const folder = join(freshFolder(), 'out');
  for (const options of [{ all: true, output: folder }, { ...first, dryRun: true }, first]) {
    const { out } = await rendered({ ...options, json: true });
    expect((JSON.parse(out) as { nodes: unknown[] }).nodes.length).toBeGreaterThan(0);
    expect(out).not.toMatch(secretPattern);
  }
});

test('--role control-plane is --role master', async () => {
  const said = async (role: string) => (await rendered({ role, index: '1', dryRun: true, json: true })).out;
  expect(await said('control-plane')).toBe(await said('master'));
  expect(JSON.parse(await said('control-plane'))).toMatchObject({ nodes: [{ name: 'm2', role: 'master' }] });
});

describe('unknown nodes', () => {
  test.each<[object, RegExp]>([
    [{}, /^no-node: .*--role and --index/],
    [{ role: 'Master' }, /^unknown-role: there is no role 'Master' \| roles: control-plane, worker, etcd, balancer/],
    [{ role: 'etcd' }, /^role-empty: the cluster file names no etcd nodes \| .*nodes\.etcd/],
    [{ role: 'master' }, /^no-index: there are 3 master nodes: which one\? \| give --index 0 to 2/],
    [{ role: 'master', index: '3' }, /^index-out-of-range: there is no master 3 \| .*m1, m2, m3/],
    [{ role: 'control-plane' }, /^no-index: there are 3 control-plane nodes: which one\?/],
    [{ role: 'control-plane', index: '3' }, /^index-out-of-range: there is no control-plane 3 \| .*m1, m2, m3/],
    [{ role: 'master', index: '-1' }, /^index-out-of-range: there is no master -1/],
    [{ role: 'master', index: '1e0' }, /^index-out-of-range: /],
    [{ node: 'm9' }, /^unknown-node: there is no node 'm9' \| nodes: m1, m2, m3, w1, w2/],
  ])('%j', async (choice, said) => {
    expect(await mistakes(() => render({ file: shared, ...choice }, memoryIo()))).toEqual([
      expect.stringMatching(said),
    ]);
  });
});

describe('the lock', () => {
  const unlocked = (change?: (text: string) => string): string => {
    const file = freshCluster(change);
    rmSync(join(dirname(file), 'knode.lock.yaml'));
    return file;
  };

  test('if missing, is an error that names the command, and no key is made', async () => {
    const file = unlocked();
    const said = await mistakes(() => render({ file, ...first }, memoryIo()));
    expect(said.length).toBeGreaterThan(0);
    for (const one of said) expect(one).toContain('knode mirror lock');
    expect(existsSync(join(dirname(file), '.knode'))).toBe(false);
  });

  test('--unlocked renders artifacts with published checksum files', async () => {
    const external = (text: string) => text.replace('network:\n', 'network:\n  provider: external\n');
    const { out } = await rendered({ ...first, unlocked: true }, unlocked(external));
    expect(out.startsWith('#cloud-config\n')).toBe(true);
  });

  test('--unlocked renders artifacts without published checksums, and says that nodes refuse them', async () => {
    const { out, err } = await rendered({ ...first, unlocked: true }, unlocked());
    expect(err).toMatch(/warning: upstream publishes no checksum file for .*flannel/);
    expect(out).toMatch(/artifact flannel sha256 - \S+ https:\S+\n/);
    expect(out).toMatch(/artifact etcd sha256 - \S+ https:\S+ https:\S+SHA256SUMS\n/);
  });

  test('--lock names another', async () => {
    const file = unlocked();
    const { out } = await rendered({ ...first, lock: join(dirname(shared), 'knode.lock.yaml') }, file);
    expect(out.startsWith('#cloud-config\n')).toBe(true);
  });
});

describe('one of the user’s own files', () => {
  const own = (name: string) =>
    freshCluster((text) => `${text}\nextraFiles:\n  - { path: /etc/motd, source: ${name} }\n`);

  test('is read beside the cluster file, whatever its content', async () => {
    const file = own('motd');
    const content = 'a\tb\n$HOME `id` <%= it %> "quoted" \u001b[1m\r\n\u0085x\n';
    writeFileSync(join(dirname(file), 'motd'), content);
    const files = join(freshFolder(), 'root');
    await rendered({ ...first, files }, file);
    expect(readFileSync(join(files, 'etc/motd'), 'utf8')).toBe(content);
  });

  test.each<[string, (path: string) => void, RegExp]>([
    ['missing', () => {}, /there is no such file \| paths are relative to the cluster file/],
    ['a folder', (path) => mkdirSync(path), /it is a folder/],
    ['not UTF-8', (path) => writeFileSync(path, new Uint8Array([0xff])), /is not UTF-8 text/],
  ])('%s', async (_, make, said) => {
    const file = own('motd');
    make(join(dirname(file), 'motd'));
    expect(await mistakes(() => render({ file, ...first }, memoryIo()))).toEqual([expect.stringMatching(said)]);
    expect(existsSync(join(dirname(file), '.knode'))).toBe(false);
  });
});
