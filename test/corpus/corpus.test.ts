import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type * as z from 'zod';
import { sha256 } from '../../src/base/digest.ts';
import { packagePath } from '../../src/base/files/package-root.ts';
import { formatDiagnostics } from '../../src/base/format-diagnostic.ts';
import { readCluster } from '../../src/component/read-cluster.ts';
import { clusterFileSchema } from '../../src/model/schema/cluster-file.ts';
import { inSchemaWords } from '../../src/model/schema/synonyms.ts';
import { knownMinors } from '../../src/release/minors.ts';
import { shapeBelow } from '../support/schema-shape.ts';
import { corpus, pieces } from './corpus.ts';
import type { Json } from './piece.ts';

const golden = packagePath('test/corpus/verdicts.txt');
const examples = packagePath('examples');

/** Settings that a schema shares with others and that a rule refuses: these machines are no Nodes. */
const refused = /^nodes\.(etcd|balancers)\.(labels|taints)/;

interface Case {
  readonly name: string;
  readonly text: string;
}

const cases: readonly Case[] = [
  ...corpus.map(({ name, file }) => ({ name, text: stringify(file) })),
  ...readdirSync(examples)
    .filter((name) => existsSync(`${examples}/${name}/cluster.yaml`))
    .map((name) => ({
      name: `example ${name}`,
      text: readFileSync(`${examples}/${name}/cluster.yaml`, 'utf8'),
    })),
];

/** `NAME DIGEST valid`, with the codes of its warnings, or its errors. The digest tells a changed file from a changed verdict. */
function verdict({ name, text }: Case): string {
  const { value, diagnostics } = readCluster(text, 'cluster.yaml');
  const of = (severity: string) => [
    ...new Set(diagnostics.filter((one) => one.severity === severity).map(({ code }) => code)),
  ];
  const words = value === undefined ? ['ERROR', ...of('error')] : ['valid', ...of('warning')];
  return [name, sha256(text).slice(0, 8), words[0], ...words.slice(1).toSorted()].join(' ');
}

/** Every key that a value has, as a path without indexes and without the keys of maps that may have any. */
function keysOf(value: unknown, known: ReadonlySet<string>, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => keysOf(item, known, path));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const own = path === '' ? key : `${path}.${key}`;
    const place = known.has(own) ? own : `${path}.*`;
    return [place, ...keysOf(inner, known, place)];
  });
}

describe('valid files stay valid', () => {
  const now = cases.map(verdict);

  it('every file of the corpus and every example keeps its verdict', () => {
    const text = `${now.join('\n')}\n`;
    const before = existsSync(golden) ? readFileSync(golden, 'utf8') : '';
    if (process.env.KNODE_UPDATE === '1' && text !== before) writeFileSync(golden, text);
    const old = new Set(before.split('\n'));
    const changed = now.flatMap((line, index) => {
      if (old.has(line)) return [];
      const { diagnostics } = readCluster(cases[index]?.text ?? '', 'cluster.yaml');
      return [`${line}\n${formatDiagnostics(diagnostics)}`];
    });
    expect(changed.join('\n')).toBe('');
    expect(text).toBe(before);
  });

  it('at least 200 of them are valid, twelve of each minor', () => {
    expect(now.filter((line) => / valid/.test(line)).length).toBeGreaterThanOrEqual(200);
    for (const minor of knownMinors())
      expect(
        corpus.filter(({ name }) => name.startsWith(`c${minor.replace('1.', '')}-`)).length,
        minor,
      ).toBeGreaterThan(9);
  });

  it('every setting of the cluster file is in one of the corpus', () => {
    const places = shapeBelow(clusterFileSchema as z.core.$ZodType).map(({ path }) => path.join('.'));
    const known = new Set(places);
    const found = new Set(corpus.flatMap(({ file }) => keysOf(inSchemaWords(file satisfies Json).data, known)));
    expect(
      places.filter((place) => !place.endsWith('*') && !refused.test(place) && !found.has(place)),
      'settings without a piece in test/corpus/*-pieces.ts',
    ).toEqual([]);
    const used = new Set(corpus.flatMap((one) => one.pieces));
    expect(pieces.filter(({ name }) => !used.has(name)).map(({ name }) => name)).toEqual([]);
  });
});
