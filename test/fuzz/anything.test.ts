import fc, { type Arbitrary } from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { Diagnostic } from '../../src/base/diagnostic.ts';
import { formatDiagnostics } from '../../src/base/format-diagnostic.ts';
import { readCluster } from '../../src/component/read-cluster.ts';
import { cloudConfig } from '../../src/delivery/cloud-init/cloud-config.ts';
import { userData } from '../../src/delivery/cloud-init/user-data.ts';
import { decodeClusterFile } from '../../src/model/loading/load.ts';
import { renderPlan } from '../../src/render/render-plan.ts';
import { reportPlans } from '../../src/workflow/plan-nodes.ts';
import { words } from '../support/render-unlocked.ts';
import { clusterFile } from './cluster-arbitrary.ts';
import { anyText, json } from './nasty-text.ts';
import { runs, seed } from './random-seed.ts';

/** A mistake has a place in the file, a message and a remedy; a terminal can display it. */
function checkDiagnostics(text: string, diagnostics: readonly Diagnostic[]): void {
  for (const { message, hint, span, code } of diagnostics) {
    expect(message, code).toMatch(/\S/);
    expect(hint, message).toMatch(/\S/);
    expect(span, message).toMatchObject({ file: 'cluster.yaml' });
    expect(span?.line, message).toBeGreaterThanOrEqual(1);
    expect(span?.column, message).toBeGreaterThanOrEqual(1);
    expect(span?.end, message).toBeGreaterThanOrEqual(span?.start ?? 0);
    expect(span?.end, message).toBeLessThanOrEqual(Math.max(text.length, span?.start ?? 0) + 1);
  }
  formatDiagnostics(diagnostics, false);
}

/** Nothing is thrown. There is either an error, or a cluster whose nodes can be planned or not planned for a reason. */
function checkText(text: string): void {
  const { value, diagnostics } = readCluster(text, 'cluster.yaml');
  checkDiagnostics(text, diagnostics);
  expect(value === undefined).toBe(diagnostics.some(({ severity }) => severity === 'error'));
  if (value === undefined) return;
  const { nodes, pools } = value.cluster;
  const plans = reportPlans(value, [...nodes, ...pools]);
  checkDiagnostics(text, plans.diagnostics);
  if (plans.diagnostics.length > 0) return;
  for (const plan of plans.value ?? []) userData(cloudConfig(plan, renderPlan(plan, words)));
}

const yamlText = fc
  .tuple(clusterFile, fc.boolean())
  .map(([file, asJson]) => (asJson ? JSON.stringify(file, null, 2) : stringify(file)));

type Change = (parts: string[], at: number, other: number, text: string) => string[];

/** Accidents while editing a file: a part is deleted, duplicated, moved or replaced. */
const changes: Readonly<Record<string, Change>> = {
  deleted: (parts, at) => parts.toSpliced(at, 1),
  doubled: (parts, at) => parts.toSpliced(at, 0, parts[at] ?? ''),
  moved: (parts, at, other) => parts.toSpliced(at, 1).toSpliced(other, 0, parts[at] ?? ''),
  replaced: (parts, at, _, text) => parts.toSpliced(at, 1, text),
  inserted: (parts, at, _, text) => parts.toSpliced(at, 0, text),
  cut: (parts, at) => parts.slice(0, at),
};

/** Between lines, or between what YAML calls tokens, more or less. */
const splits = { lines: /(?<=\n)/, tokens: /(?<=[\s:,[\]{}"'-])|(?=[\s:,[\]{}"'-])/ };

const mutation = fc.record({
  split: fc.constantFrom(...(Object.keys(splits) as (keyof typeof splits)[])),
  change: fc.constantFrom(...Object.keys(changes)),
  at: fc.double({ min: 0, max: 0.999, noNaN: true }),
  other: fc.double({ min: 0, max: 0.999, noNaN: true }),
  text: fc.oneof(
    anyText,
    fc.constantFrom(
      'null',
      '~',
      '[]',
      '{}',
      '-1',
      '1e999',
      '.inf',
      '.nan',
      '0x7f',
      '*a',
      '&a x',
      '<<: *a',
      '!!binary x',
      '? x',
      '|',
      '>-',
      '%TAG',
      '- ',
      '\t',
      '99999999999999999999',
      "''",
      '2001-01-01',
      '__proto__:',
      '"',
      'on',
    ),
  ),
});

const mutated: Arbitrary<string> = fc
  .tuple(yamlText, fc.array(mutation, { minLength: 1, maxLength: 4 }))
  .map(([text, mutations]) =>
    mutations.reduce((before, { split, change, at, other, text: put }) => {
      const parts = before.split(splits[split]);
      const place = (share: number) => Math.floor(share * parts.length);
      return changes[change]!(parts, place(at), place(other), put).join('');
    }, text),
  );

/** A valid file with one value, anywhere, that is something else. */
const replaced: Arbitrary<string> = fc
  .tuple(
    clusterFile,
    fc.double({ min: 0, max: 0.999, noNaN: true }),
    fc.oneof(json, fc.constantFrom(null, [], {}, [null], '', -1, 1e21)),
  )
  .map(([file, share, value]) => {
    const paths: (readonly (string | number)[])[] = [];
    const walk = (inner: unknown, path: readonly (string | number)[]): void => {
      if (path.length > 0) paths.push(path);
      if (Array.isArray(inner)) for (const [index, item] of inner.entries()) walk(item, [...path, index]);
      else if (typeof inner === 'object' && inner !== null)
        for (const [key, item] of Object.entries(inner)) walk(item, [...path, key]);
    };
    walk(file, []);
    const path = paths[Math.floor(share * paths.length)]!;
    const copy = structuredClone(file);
    const parent = path
      .slice(0, -1)
      .reduce<Record<string | number, unknown>>((inner, key) => inner[key] as never, copy);
    parent[path.at(-1)!] = value;
    return JSON.stringify(copy);
  });

beforeAll(() => {
  process.stdout.write(`fuzz: KNODE_FUZZ_SEED=${seed}\n`);
});

describe('for any cluster file, knode returns a cluster or an error with its place', () => {
  const options = { timeout: 600_000 };

  it('any text', options, () => {
    fc.assert(fc.property(fc.oneof(anyText, fc.string({ unit: 'binary', maxLength: 60 })), checkText), runs(300));
  });

  it('any YAML', options, () => {
    fc.assert(
      fc.property(json, (value) => checkText(stringify(value))),
      runs(200),
    );
  });

  it('a valid file with lines and words changed', options, () => {
    fc.assert(fc.property(mutated, checkText), runs(60));
  });

  it('a valid file with one value changed', options, () => {
    fc.assert(fc.property(replaced, checkText), runs(60));
  });

  it('any bytes', options, () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const { value, diagnostics } = decodeClusterFile(bytes, 'cluster.yaml');
        if (value !== undefined) checkText(value);
        else expect(diagnostics).toMatchObject([{ hint: expect.any(String), span: { line: 1, column: 1 } }]);
      }),
      runs(200),
    );
  });
});
