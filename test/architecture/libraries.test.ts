import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packagePath } from '../../src/base/files/package-root.ts';

const design = readFileSync(packagePath('docs/design.md'), 'utf8');
const [, section = ''] = /\n## Why no library\n([\s\S]*?)\n## /.exec(design) ?? [];
const rows = [...section.matchAll(/^\| ([^|`]+) \| ([^|]+) \| ([^|]+) \|$/gm)]
  .slice(1)
  .map(([, what = '', files = '', why = '']) => {
    return { what, files: [...files.matchAll(/`([^`]+)`/g)].map(([, path = '']) => path), why };
  });

const linesOf = (path: string): number => readFileSync(packagePath(path), 'utf8').split('\n').length;

describe('why no library', () => {
  it('has rows', () => {
    expect(rows.length).toBeGreaterThan(15);
  });

  it.each(rows)('$what: names files that are there, and a reason', ({ files, why }) => {
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((path) => !existsSync(packagePath(path)))).toEqual([]);
    expect(why.length).toBeGreaterThan(60);
  });

  it.each(rows)('$what: is more than 60 lines; a smaller thing needs no row', ({ files }) => {
    expect(files.map(linesOf).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(60);
  });

  it('praises libraries that are there', () => {
    const { devDependencies } = JSON.parse(readFileSync(packagePath('package.json'), 'utf8'));
    const named = [
      ...(/A well-kept library[\s\S]*?text differences/.exec(section)?.[0] ?? '').matchAll(/\(`([^`]+)`\)/g),
    ];
    expect(named.length).toBeGreaterThan(6);
    for (const [, name = ''] of named) expect(Object.keys(devDependencies)).toContain(name);
  });
});
