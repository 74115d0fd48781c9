import { readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importsOf, readHouse, roomOf, sourceFiles } from '../../scripts/generators/house.ts';
import { packagePath } from '../../src/base/files/package-root.ts';

const files = sourceFiles();
/** Rooms from the top down; a room imports only from lower ones, and those of one row never import each other. */
const { rows, rooms } = readHouse();

const rank = (name: string): number => rows.findIndex((row) => row.includes(name));
const source = (file: string): string => readFileSync(packagePath('src', file), 'utf8');
const isOwn = (target: string): boolean => target.endsWith('.ts');

describe('imports', () => {
  it('reads all existing rooms', () => {
    expect(files.length).toBeGreaterThan(50);
    for (const file of files) expect([file, rank(roomOf(file)) >= 0]).toEqual([file, true]);
    expect(rows.flat().toSorted()).toEqual([...new Set(files.map(roomOf))].toSorted());
  });

  it('are of rooms that the design describes', () => {
    expect([...rooms.keys()].toSorted()).toEqual(rows.flat().toSorted());
  });

  it.each(files)('%s imports only from below', (file) => {
    for (const target of importsOf(file).filter(isOwn)) {
      const other = roomOf(target);
      const allowed = other === roomOf(file) || rank(other) > rank(roomOf(file));
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
  ])('%s is imported by its room only', (library, allowed) => {
    const users = files.filter((file) =>
      importsOf(file).some((one) => one === library || one.startsWith(`${library}/`)),
    );
    for (const file of users) expect(allowed).toContain(roomOf(file));
  });

  it('keeps ASN.1 in pki/x509, which knows X.509 and nothing of clusters', () => {
    const coders = files.filter((file) => importsOf(file).some((one) => one.startsWith('node-forge')));
    expect(coders).toEqual(['pki/x509/der.ts']);
    const known = /^(pki\/x509\/[a-z0-9-]+\.ts|node:[a-z]+|node-forge\/lib\/asn1\.js|ipaddr\.js)$/;
    for (const file of files.filter((one) => one.startsWith('pki/x509/')))
      expect([file, importsOf(file).filter((one) => !known.test(one))]).toEqual([file, []]);
    const users = files.filter((file) => importsOf(file).some((one) => one.endsWith('/der.ts')));
    expect(users.filter((file) => !file.startsWith('pki/x509/'))).toEqual([]);
  });

  it('go in no circle, also not by types', () => {
    const below = new Map(files.map((file) => [file, importsOf(file).filter(isOwn)]));
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

  it('keep the terminal to commands and the command line', () => {
    const knowing = files.filter((file) => /\bCommandIo\b/.test(source(file)));
    expect([...new Set(knowing.map(roomOf))].toSorted()).toEqual(['cli', 'commands']);
  });

  it.each(['src', 'test', 'scripts', 'bench'])('%s has about twenty files in a folder', (tree) => {
    const names = readdirSync(packagePath(tree), { recursive: true, encoding: 'utf8' });
    const counts = new Map<string, number>();
    for (const file of names.filter((name) => name.endsWith('.ts')))
      counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
    expect([...counts].filter(([, count]) => count > 24)).toEqual([]);
  });

  it('keep the disk, the clock and randomness out of components', () => {
    for (const file of files.filter((name) => ['component', 'model'].includes(roomOf(name)))) {
      const text = source(file);
      expect([file, /node:fs|new Date\(\)|Date\.now|Math\.random|process\./.test(text)]).toEqual([file, false]);
    }
  });
});
