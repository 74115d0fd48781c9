import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { EnvironmentFailure, UserMistake } from '../../src/base/failure.ts';
import { replaceFiles, replaceInFolders, writeNewFolder } from '../../src/base/files/write-tree.ts';
import { tempFolder } from '../support/temp-folder.ts';

const fresh = (): string => tempFolder('tree');
const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);
const files = [
  { path: 'etc/knode/key', content: 'secret', mode: '0600' },
  { path: './usr/bin/run', content: '#!/bin/sh\n', mode: '0755' },
];

const mask = process.umask();
afterEach(() => {
  process.umask(mask);
});

describe('a new folder', () => {
  test('holds the files with their modes, whatever the umask, and is for its owner only', () => {
    process.umask(0o077);
    const folder = join(fresh(), 'a/b/out');
    writeNewFolder(folder, files);
    expect(readFileSync(join(folder, 'etc/knode/key'), 'utf8')).toBe('secret');
    expect([modeOf(folder), modeOf(join(folder, 'etc/knode/key')), modeOf(join(folder, 'usr/bin/run'))]).toEqual([
      '700',
      '600',
      '755',
    ]);
  });

  test('leaves nothing beside it', () => {
    const parent = fresh();
    writeNewFolder(join(parent, 'out'), files);
    expect(readdirSync(parent)).toEqual(['out']);
  });

  test('may already exist if it is empty', () => {
    const folder = fresh();
    writeNewFolder(folder, files);
    expect(readdirSync(folder).sort()).toEqual(['etc', 'usr']);
  });

  test('with content is left as it is', () => {
    const folder = fresh();
    writeFileSync(join(folder, 'mine'), 'mine');
    expect(() => writeNewFolder(folder, files)).toThrow(UserMistake);
    expect(readdirSync(folder)).toEqual(['mine']);
  });

  test('that cannot be made is a failure of the environment, and leaves nothing behind', () => {
    const parent = fresh();
    const clashing = [...files, { path: 'etc/knode/key/below', content: '', mode: '0644' }];
    expect(() => writeNewFolder(join(parent, 'out'), clashing)).toThrow(EnvironmentFailure);
    expect(readdirSync(parent)).toEqual([]);
  });

  test('cannot be made over a file', () => {
    const parent = fresh();
    writeFileSync(join(parent, 'out'), 'a file');
    expect(() => writeNewFolder(join(parent, 'out'), files)).toThrow(/out/);
    expect(readFileSync(join(parent, 'out'), 'utf8')).toBe('a file');
  });
});

describe('replaced files', () => {
  test('keep their neighbours, and take the new content and mode', () => {
    const folder = fresh();
    writeFileSync(join(folder, 'user-data'), 'old');
    chmodSync(join(folder, 'user-data'), 0o644);
    writeFileSync(join(folder, 'other'), 'other');
    replaceFiles(folder, [{ path: 'user-data', content: 'new', mode: '0600' }]);
    expect(readFileSync(join(folder, 'user-data'), 'utf8')).toBe('new');
    expect(modeOf(join(folder, 'user-data'))).toBe('600');
    expect(readdirSync(folder).sort()).toEqual(['other', 'user-data']);
  });

  test('a link is replaced, not followed', () => {
    const folder = fresh();
    const victim = join(fresh(), 'victim');
    writeFileSync(victim, 'untouched');
    symlinkSync(victim, join(folder, 'user-data'));
    replaceFiles(folder, [{ path: 'user-data', content: 'key', mode: '0600' }]);
    expect(readFileSync(victim, 'utf8')).toBe('untouched');
  });

  test('names the obstacle', () => {
    const parent = fresh();
    writeFileSync(join(parent, 'file'), '');
    expect(() => replaceFiles(join(parent, 'file/below'), [])).toThrow(/below cannot be a folder: a file stands/);
    mkdirSync(join(parent, 'user-data'));
    const key = { path: 'user-data', content: '', mode: '0600' };
    expect(() => replaceFiles(parent, [key])).toThrow(/user-data cannot be a file: a folder stands/);
    expect(existsSync(join(parent, 'user-data'))).toBe(true);
  });

  test('a folder that cannot be written to is a failure of the environment', () => {
    expect(() => replaceFiles(join(fresh(), 'x'.repeat(300)), files)).toThrow(EnvironmentFailure);
  });

  test('of several folders are all there, or none', () => {
    const parent = fresh();
    writeFileSync(join(parent, 'c'), 'in the way');
    mkdirSync(join(parent, 'a'));
    writeFileSync(join(parent, 'a/user-data'), 'old');
    const place = (name: string) => ({
      folder: join(parent, name),
      files: () => [{ path: 'user-data', content: name, mode: '0600' }],
    });
    const before = readdirSync(parent, { recursive: true });
    expect(() => replaceInFolders(['a', 'b/deep', 'c'].map(place))).toThrow(UserMistake);
    expect(readdirSync(parent, { recursive: true })).toEqual(before);
    expect(readFileSync(join(parent, 'a/user-data'), 'utf8')).toBe('old');
    replaceInFolders(['a', 'b/deep'].map(place));
    expect(['a', 'b/deep'].map((name) => readFileSync(join(parent, name, 'user-data'), 'utf8'))).toEqual([
      'a',
      'b/deep',
    ]);
  });
});
