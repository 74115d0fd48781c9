import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/base/digest.ts';
import { commit, complaint, freshPath, open, sample, sampleState, tree } from './fixture.ts';

describe('a fresh state', () => {
  it('is empty, and reading leaves no trace', async () => {
    const directory = freshPath();
    const view = await open(directory).read();
    expect([view.revision, view.paths(), view.get('pki/kubernetes-ca.crt')]).toEqual([0, [], undefined]);
    expect(existsSync(directory)).toBe(false);
  });

  it('leaves no trace when nothing is committed under the lock', async () => {
    const directory = freshPath();
    expect(await open(directory).withLock(async () => 'done')).toBe('done');
    await open(directory).withLock((session) => session.commit(new Map()));
    expect(existsSync(directory)).toBe(false);
    await expect(open(directory).withLock(() => Promise.reject(new Error('a bug')))).rejects.toThrow('a bug');
    expect(existsSync(directory)).toBe(false);
  });

  it('appears with the first commit, readable for its owner alone', async () => {
    const directory = await sampleState();
    expect((statSync(directory).mode & 0o7777).toString(8)).toBe('700');
    expect(tree(directory)).toEqual([
      '600 .gitignore',
      '700 pki',
      '700 pki/certificates',
      '600 pki/certificates/etcd-peer@m1.key',
      '600 pki/kubernetes-ca.crt',
      '600 pki/kubernetes-ca.key',
      '700 secrets',
      '600 secrets/bootstrap.json',
      '600 state.json',
    ]);
    expect(readFileSync(`${directory}/.gitignore`, 'utf8')).toBe('*\n');
    expect(JSON.parse(readFileSync(`${directory}/state.json`, 'utf8'))).toEqual({
      version: 1,
      cluster: 'demo',
      revision: 1,
      files: Object.fromEntries(Object.entries(sample).map(([path, text]) => [path, sha256(text)])),
    });
  });

  it('has these modes whatever the umask', async () => {
    const before = process.umask(0);
    try {
      expect(tree(await sampleState()).every((line) => /^[67]00 /.test(line))).toBe(true);
    } finally {
      process.umask(before);
    }
  });

  it('can start in an empty directory and create parent directories', async () => {
    const directory = freshPath();
    mkdirSync(directory, { mode: 0o700 });
    await commit(open(directory), sample);
    const deep = `${freshPath()}/a/b`;
    await commit(open(deep), sample);
    expect((await open(deep).read()).revision).toBe(1);
  });
});

describe('commits', () => {
  it('add and replace, and are seen by the session and by others', async () => {
    const directory = await sampleState();
    await open(directory).withLock(async (session) => {
      expect(session.get('pki/certificates/etcd-peer@m1.key')).toBe('Schlüssel\n');
      await session.commit(
        new Map([
          ['pki/new.key', 'new'],
          ['secrets/bootstrap.json', '{"a":1}\n'],
        ]),
      );
      expect([session.revision, session.get('pki/new.key'), session.get('secrets/bootstrap.json')]).toEqual([
        2,
        'new',
        '{"a":1}\n',
      ]);
      await session.commit(new Map([['pki/new.key', 'newer']]));
      expect(session.revision).toBe(3);
    });
    const view = await open(directory).read();
    expect(view.revision).toBe(3);
    expect(view.paths()).toEqual([...Object.keys(sample), 'pki/new.key'].sort());
    expect(view.get('pki/new.key')).toBe('newer');
    expect(readFileSync(`${directory}/secrets/bootstrap.json`, 'utf8')).toBe('{"a":1}\n');
    expect(tree(directory).some((line) => /pending|lock|tmp/.test(line))).toBe(false);
  });

  it('without a change write nothing', async () => {
    const directory = await sampleState();
    const before = statSync(`${directory}/state.json`);
    await commit(open(directory), sample);
    const after = statSync(`${directory}/state.json`);
    expect([after.ino, after.mtimeMs]).toEqual([before.ino, before.mtimeMs]);
  });

  it('can hold the same text twice', async () => {
    const directory = freshPath();
    await commit(open(directory), { 'pki/a.key': 'same', 'pki/b.key': 'same' });
    const view = await open(directory).read();
    expect([view.get('pki/a.key'), view.get('pki/b.key')]).toEqual(['same', 'same']);
  });

  it.each([
    '/etc/passwd',
    '../out',
    'pki/../../out',
    'state.json',
    'lock',
    'pending/x',
    '.gitignore',
    'pki/',
    'a/.b',
    'x.tmp',
    '',
  ])('refuse the path %j as a bug', async (path) => {
    const directory = await sampleState();
    const before = tree(directory);
    await expect(commit(open(directory), { 'pki/good.key': 'x', [path]: 'x' })).rejects.toThrow('cannot be an entry');
    expect(tree(directory)).toEqual(before);
  });

  it('can follow one that failed', async () => {
    const directory = await sampleState();
    await open(directory).withLock(async (session) => {
      // A directory in the place of a file: the commit is valid, but the last move fails.
      mkdirSync(`${directory}/pki/blocked.key/x`, { recursive: true, mode: 0o700 });
      await expect(session.commit(new Map([['pki/blocked.key', 'text']]))).rejects.toThrow(
        'cannot use the state directory',
      );
      rmSync(`${directory}/pki/blocked.key`, { recursive: true });
      await session.commit(new Map([['pki/other.key', 'other']]));
      expect([session.revision, session.get('pki/blocked.key')]).toEqual([3, 'text']);
    });
    const view = await open(directory).read();
    expect([view.get('pki/blocked.key'), view.get('pki/other.key')]).toEqual(['text', 'other']);
  });
});

describe('damage', () => {
  const ca = 'pki/kubernetes-ca.key';

  it.each([
    ['a missing file', (d: string) => rmSync(`${d}/${ca}`), `${ca} is missing`],
    ['a changed file', (d: string) => writeFileSync(`${d}/${ca}`, 'other'), `${ca} is not what knode wrote`],
    ['half a file', (d: string) => writeFileSync(`${d}/${ca}`, 'ke'), `${ca} is not what knode wrote`],
    ['an empty file', (d: string) => writeFileSync(`${d}/${ca}`, ''), `${ca} is not what knode wrote`],
    ['an extra file', (d: string) => writeFileSync(`${d}/pki/x.key`, 'x', { mode: 0o600 }), 'did not write: '],
    ['an extra file at the top', (d: string) => writeFileSync(`${d}/x`, 'x', { mode: 0o600 }), 'did not write: '],
    ['a missing manifest', (d: string) => rmSync(`${d}/state.json`), 'state.json is missing, but '],
    [
      'half a manifest',
      (d: string) => writeFileSync(`${d}/state.json`, '{"version":1,'),
      'cannot be read as a manifest',
    ],
    ['an empty manifest', (d: string) => writeFileSync(`${d}/state.json`, ''), 'cannot be read as a manifest'],
    ['another JSON', (d: string) => writeFileSync(`${d}/state.json`, '[]'), 'cannot be read as a manifest'],
    [
      'a manifest with a way out',
      (d: string) => {
        const manifest = JSON.parse(readFileSync(`${d}/state.json`, 'utf8'));
        manifest.files['../out'] = sha256('');
        writeFileSync(`${d}/state.json`, JSON.stringify(manifest));
      },
      'cannot be read as a manifest',
    ],
    [
      'a link',
      (d: string) => {
        rmSync(`${d}/${ca}`);
        symlinkSync('/etc/hostname', `${d}/${ca}`);
      },
      `${ca} is not a regular file`,
    ],
  ] as const)('%s stops everything and is not changed', async (_name, harm, words) => {
    const directory = await sampleState();
    harm(directory);
    const before = tree(directory);
    const read = await complaint(open(directory).read());
    expect(read).toMatch(/^state-(damaged|extra-file): /);
    expect(read).toContain(words);
    expect(read).toMatch(/\| (restore|move it)/);
    expect(await complaint(commit(open(directory), sample))).toBe(read);
    expect(tree(directory)).toEqual(before);
  });

  it('is reported by name, without any contents', async () => {
    const directory = await sampleState();
    writeFileSync(`${directory}/${ca}`, 'SECRET');
    expect(await complaint(open(directory).read())).not.toContain('SECRET');
  });
});

describe('a state that is not to be used', () => {
  it('belongs to another cluster', async () => {
    const directory = await sampleState();
    const found = await complaint(open(directory, { cluster: 'other' }).read());
    expect(found).toMatch(
      /^state-other-cluster: the state in .* belongs to cluster demo, but .* describes other \| choose/,
    );
  });

  it('was written by a newer knode', async () => {
    const directory = await sampleState();
    writeFileSync(`${directory}/state.json`, '{"version":2}');
    expect(await complaint(open(directory).read())).toMatch(/^state-version: .* has format version 2/);
  });

  it.each([
    ['directory', '', 0o755, '0755'],
    ['folder', '/pki', 0o750, '0750'],
    ['file', '/pki/kubernetes-ca.key', 0o644, '0644'],
    ['file for the group', '/secrets/bootstrap.json', 0o640, '0640'],
    ['manifest', '/state.json', 0o604, '0604'],
  ])('has a %s that others can read', async (_name, path, mode, shown) => {
    const directory = await sampleState();
    chmodSync(`${directory}${path}`, mode);
    const found = await complaint(open(directory).read());
    expect(found).toContain(
      `state-permissions: ${directory}${path} can be read or changed by other users (mode ${shown})`,
    );
    expect(found).toContain(`| run: chmod -R go-rwx ${directory};`);
  });

  it('is a file', async () => {
    const directory = freshPath();
    writeFileSync(directory, '');
    const words = /^state-io: cannot use the state directory .* a file stands where a directory belongs/;
    expect(await complaint(open(directory).read())).toMatch(words);
    expect(await complaint(commit(open(directory), sample))).toMatch(words);
  });

  it.skipIf(process.platform !== 'linux' || process.getuid?.() !== 0)('is in a read-only place', async () => {
    const directory = freshPath();
    chownSync(dirname(directory), 65534, 65534);
    process.seteuid?.(65534);
    try {
      await commit(open(directory), sample);
      chmodSync(directory, 0o500);
      expect((await open(directory).read()).get('pki/kubernetes-ca.key')).toBe('key\n');
      expect(await complaint(commit(open(directory), { 'pki/a.key': 'a' }))).toMatch(
        /^state-io: cannot use the state directory .*: permission denied \(.*\) \| run knode as the owner/,
      );
      chmodSync(dirname(directory), 0o500);
      const beside = `${dirname(directory)}/other`;
      expect((await open(beside).read()).revision).toBe(0);
      expect(await complaint(commit(open(beside), sample))).toMatch(/^state-io: .*permission denied/);
    } finally {
      process.seteuid?.(0);
    }
  });
});

it('passes an error of the caller’s work unchanged', async () => {
  const directory = freshPath();
  const work = open(directory).withLock(async () => readFileSync('/nowhere/at/all'));
  await expect(work).rejects.toThrow(/^ENOENT/);
});
