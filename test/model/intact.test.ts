import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { type Document, parse, parseDocument } from 'yaml';
import type { Diagnostic } from '../../src/base/diagnostic.ts';
import { readCluster } from '../../src/component/read-cluster.ts';
import { attempt, eachIntact, intactCopy, lazily, unreadable } from '../../src/model/loading/intact.ts';
import { clusterText } from '../support/cluster-text.ts';
import { exampleNames, goldenFolder } from '../support/examples.ts';

describe('broken places', () => {
  const file = { name: 'a', list: [{ size: 1 }, { size: 2 }], map: { x: 1 }, gone: {} };
  const copied = intactCopy(file, file, [['list', 1, 'size'], ['map', 'y'], ['gone'], ['gone', 'deeper']], new Set());

  it('cannot be read, but the rest can', () => {
    expect([copied.name, copied.list[0], copied.list.length]).toEqual(['a', { size: 1 }, 2]);
    expect(attempt(() => copied.list[1]?.size)).toBeUndefined();
    expect(attempt(() => ({ ...copied.gone }))).toBeUndefined();
    expect(eachIntact(copied.list, ({ size }) => [size])).toEqual([1]);
  });

  it('does not make a mapping shorter', () => {
    expect(Object.keys(copied.map)).toEqual(['x', 'y']);
    expect(attempt(() => Object.values(copied.map))).toBeUndefined();
  });

  it('leaves the original as it was', () => {
    expect(file).toEqual({ name: 'a', list: [{ size: 1 }, { size: 2 }], map: { x: 1 }, gone: {} });
  });

  it('include defaults of keys that are in another place', () => {
    const value = { network: { podCIDR: '10.0.0.0/8', mtu: 1 } };
    const { network } = intactCopy(value, { podCIDR: 'x' }, [], new Set(['podCIDR']));
    expect([network.mtu, attempt(() => network.podCIDR)]).toEqual([1, undefined]);
    expect(intactCopy(value, value, [], new Set(['podCIDR']))).toEqual(value);
  });
});

test('affect only dependent values, and a bug stays a bug', () => {
  let asked = 0;
  const parts = lazily<{ one: number; two: number }>({ one: () => ++asked, two: () => unreadable() });
  expect([parts.one, parts.one, attempt(() => parts.two)]).toEqual([1, 1, undefined]);
  expect(() =>
    attempt(() => {
      throw new TypeError('a bug');
    }),
  ).toThrow('a bug');
});

function mistakesOf(text: string): readonly Diagnostic[] {
  return readCluster(text, 'cluster.yaml').diagnostics;
}

function placesOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => placesOf(inner, [...path, key]))];
}

/** No value of a cluster file may be this; text that is passed unchanged to a program may be anything. */
const wrong = [[[null]]];
const passedOn = /^(extraConfig|backend)$/;
/** Mappings whose keys are the user's own. */
const ownKeys = /^(labels|featureGates|extraArgs|pools|sysctls|runtimeConfig|eviction.*|kubeReserved|systemReserved)$/;

describe.each(exampleNames)('one wrong value in %s', (name) => {
  const text = readFileSync(join(goldenFolder(name), 'cluster.yaml'), 'utf8');
  const said = new Set(mistakesOf(text).map((one) => one.message));
  const places = placesOf(parse(text)).filter((path) => path.length > 0);
  const saidOf = (change: (document: Document) => void) => {
    const document = parseDocument(text);
    change(document);
    return mistakesOf(String(document)).filter((one) => !said.has(one.message));
  };
  const notBelow = (pattern: RegExp) => places.filter((path) => !path.slice(0, -1).some((step) => pattern.test(step)));

  it('is one mistake, without consequences', () => {
    for (const path of notBelow(passedOn)) {
      const found = saidOf((document) => document.setIn(path, wrong)).map((one) => one.message);
      expect(found.length, `${path.join('.')}: ${found.join('; ')}`).toBe(1);
    }
  });

  it('has no consequences under a misspelt key either', () => {
    const keys = notBelow(passedOn).filter(
      (path) => !/^\d+$/.test(path.at(-1) ?? '') && !ownKeys.test(path.at(-2) ?? ''),
    );
    expect(keys.length).toBeGreaterThan(10);
    for (const path of keys) {
      const found = saidOf((document) => {
        const value = document.getIn(path, true);
        document.deleteIn(path);
        document.setIn([...path.slice(0, -1), `${path.at(-1)}x`], value);
      });
      const consequences = found.filter((one) => !['unknown-key', 'missing'].includes(one.code));
      expect(
        consequences.map((one) => one.message),
        path.join('.'),
      ).toEqual([]);
    }
  });
});

it('does not stop rules on valid parts', () => {
  const text = clusterText({
    kubernetes: { kubelet: { maxPods: 'many' } },
    nodes: {
      workers: [
        { address: 'here', name: 'w1' },
        { address: '10.0.0.22', name: 'w1' },
      ],
    },
    network: { podCIDR: '10.96.0.0/16' },
  });
  expect(mistakesOf(text).map((one) => one.code)).toEqual([
    'wrong-type',
    'invalid-address',
    'duplicate-name',
    'networks-overlap',
  ]);
});
