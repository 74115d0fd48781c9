import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tarArchive, tarHeader } from '../../src/base/files/tar.ts';
import { tempFolder } from '../support/temp-folder.ts';

const deep = `${'folder/'.repeat(20)}file`;

test('tar unpacks what was packed: paths, modes and bytes', () => {
  const folder = tempFolder('tar');
  const files = [
    { path: 'etc/knode/empty', mode: '0644', content: '' },
    { path: 'usr/bin/tool', mode: '0755', content: '#!/bin/sh\n' },
    { path: 'block', mode: '0640', content: 'x'.repeat(512) },
    { path: deep, mode: '0600', content: 'ü'.repeat(300) },
  ];
  writeFileSync(join(folder, 'a.tar'), tarArchive(files));
  execFileSync('tar', ['-C', folder, '-xpf', join(folder, 'a.tar')]);
  for (const { path, mode, content } of files) {
    expect(readFileSync(join(folder, path), 'utf8'), path).toBe(content);
    expect((statSync(join(folder, path)).mode & 0o7777).toString(8).padStart(4, '0'), path).toBe(mode);
  }
  expect(readdirSync(folder).sort()).toEqual(['a.tar', 'block', 'etc', 'folder', 'usr']);
  const listing = execFileSync('tar', ['-tvf', join(folder, 'a.tar'), '--utc'], { encoding: 'utf8' });
  expect(listing.split('\n')[0]).toMatch(/^-rw-r--r-- root\/root +0 1970-01-01 00:00 etc\/knode\/empty$/);
});

test('refuses what the format cannot hold', () => {
  expect(() => tarHeader({ path: 'x'.repeat(101), mode: '0644', size: 0 })).toThrow('too long');
  expect(() => tarHeader({ path: 'x', mode: '0644', size: 2 ** 33 })).toThrow('more than a ustar archive holds');
});
