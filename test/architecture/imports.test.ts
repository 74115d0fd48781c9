import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packagePath } from '../../src/base/files/package-root.ts';

const src = packagePath('src');
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
  (name) => name.endsWith('.ts') && !name.endsWith('.d.ts'),
);

const design = readFileSync(packagePath('docs/design.md'), 'utf8');

/** Rooms from the top down; a room imports only from lower ones, and those of one row never import each other. */
const rows: readonly (readonly string[])[] = (/\n## Rooms\n[\s\S]*?```text\n([^`]*)```/.exec(design)?.[1] ?? '')
  .trim()
  .split('\n')
  .map((row) => row.split(/ +/));

function room(file: string): string {
  return file.split('/')[0] ?? file;
}

function rank(name: string): number {
  return rows.findIndex((row) => row.includes(name));
}

function imports(file: string): string[] {
  const text = readFileSync(join(src, file), 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '');
}

describe('imports', () => {
  it('finds the rooms that there are', () => {
    expect(files.length).toBeGreaterThan(50);
    for (const file of files) expect([file, rank(room(file)) >= 0]).toEqual([file, true]);
    expect(rows.flat().toSorted()).toEqual([...new Set(files.map(room))].toSorted());
  });

  it('are of rooms that the design describes', () => {
    const described = [...design.matchAll(/^\| (`[^|]*`) \|/gm)].flatMap(([, names = '']) =>
      [...names.matchAll(/`([^`]+)`/g)].map(([, name]) => name),
    );
    expect(described.toSorted()).toEqual(rows.flat().toSorted());
  });

  it.each(files)('%s imports only from below', (file) => {
    for (const target of imports(file).filter((one) => one.startsWith('.'))) {
      const other = room(relative(src, join(src, dirname(file), target)));
      const allowed = other === room(file) || rank(other) > rank(room(file));
      expect([target, allowed]).toEqual([target, true]);
    }
  });

  it.each([
    ['node-forge', ['pki']],
    ['@aws-sdk', ['object-store']],
    ['ejs', ['render']],
    ['commander', ['cli.ts', 'cli']],
    ['ipaddr.js', ['base', 'model', 'pki']],
    ['smol-toml', ['render']],
    ['diff', ['base']],
  ])('only its room imports %s', (library, rooms) => {
    const users = files.filter((file) => imports(file).some((one) => one === library || one.startsWith(`${library}/`)));
    for (const file of users) expect(rooms).toContain(room(file));
  });

  it('go in no circle, also not by types', () => {
    const below = new Map(
      files.map((file) => [
        file,
        imports(file)
          .filter((one) => one.startsWith('.'))
          .map((one) => join(dirname(file), one)),
      ]),
    );
    const done = new Set<string>();
    const visit = (file: string, way: readonly string[]): readonly string[] => {
      if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
      if (done.has(file)) return [];
      const circle = (below.get(file) ?? []).map((next) => visit(next, [...way, file])).find((one) => one.length > 0);
      done.add(file);
      return circle ?? [];
    };
    expect(files.map((file) => visit(file, [])).find((one) => one.length > 0)).toBeUndefined();
  });

  it('keeps the terminal to commands and the command line', () => {
    const knowing = files.filter((file) => /\bCommandIo\b/.test(readFileSync(join(src, file), 'utf8')));
    expect([...new Set(knowing.map(room))].toSorted()).toEqual(['cli', 'commands']);
  });

  it('keeps about twenty files in a folder', () => {
    const counts = new Map<string, number>();
    for (const file of files) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
    expect([...counts].filter(([, count]) => count > 24)).toEqual([]);
  });

  it('leaves the disk, the clock and randomness out of components', () => {
    for (const file of files.filter((name) => ['component', 'model'].includes(room(name)))) {
      const text = readFileSync(join(src, file), 'utf8');
      expect([file, /node:fs|new Date\(\)|Date\.now|Math\.random|process\./.test(text)]).toEqual([file, false]);
    }
  });
});
