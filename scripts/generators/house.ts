import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { packagePath } from '../../src/base/files/package-root.ts';

/** A room of `src`, as docs/design.md describes it. */
export interface Room {
  readonly name: string;
  readonly business: string;
  readonly law: string;
}

/** The rooms as docs/design.md has them. Tests hold the code against it. */
export interface House {
  /** From the top down. */
  readonly rows: readonly (readonly string[])[];
  readonly rooms: ReadonlyMap<string, Room>;
}

/** Reads the rows and the table of docs/design.md. */
export function readHouse(): House {
  const design = readFileSync(packagePath('docs/design.md'), 'utf8');
  const [, block = ''] = /\n## Rooms\n[\s\S]*?```text\n([^`]*)```/.exec(design) ?? [];
  const rows = block
    .trim()
    .split('\n')
    .map((row) => row.split(/ +/));
  const table = design.matchAll(/^\| (`[^|]*`) \| (.*?) \| (.*?) \|$/gm);
  const rooms = [...table].flatMap(([, names = '', business = '', law = '']) =>
    [...names.matchAll(/`([^`]+)`/g)].map(([, name = '']) => [name, { name, business, law }] as const),
  );
  return { rows, rooms: new Map(rooms) };
}

/** The room of a file of `src`, by its path below `src`: the first folder, or the file itself. */
export function roomOf(file: string): string {
  return file.split('/')[0] ?? file;
}

/** Every file of `src`, by its path below `src`. */
export function sourceFiles(): readonly string[] {
  const names = readdirSync(packagePath('src'), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts')).toSorted();
}

/** Imports of a file of `src`, types included: paths below `src`, and names of libraries. */
export function importsOf(file: string): readonly string[] {
  const text = readFileSync(packagePath('src', file), 'utf8');
  const found = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, target = '']) => target);
  return found.map((target) => (target.startsWith('.') ? relative('.', join(dirname(file), target)) : target));
}
