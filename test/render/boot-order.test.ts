import { describe, expect, test } from 'vitest';
import { type BootBranch, bootOrder, bootTree } from '../../src/render/boot-order.ts';
import type { NodeFile } from '../../src/render/node-file.ts';

function unit(name: string, ...settings: string[]): NodeFile {
  const content = `[Unit]\n${settings.join('\n')}\n`;
  return {
    path: `/etc/systemd/system/${name}`,
    mode: '0644',
    layer: 'cluster',
    secret: false,
    component: 'x',
    content,
  };
}

const names = (files: readonly NodeFile[]): string[] =>
  bootOrder(
    files,
    files.map((file) => file.path.slice('/etc/systemd/system/'.length)),
  ).map((step) => step.unit);

describe('the order', () => {
  test('follows After= and Before=, whatever the order of the files', () => {
    const files = [
      unit('c.service', 'After=b.service', 'Requires=b.service'),
      unit('b.service', 'After=network.target'),
      unit('a.service', 'Before=b.service c.service'),
    ];
    expect(names(files)).toEqual(['a.service', 'b.service', 'c.service']);
    expect(names(files.toReversed())).toEqual(['a.service', 'b.service', 'c.service']);
  });

  test('names only units of this node, each once', () => {
    const [step] = bootOrder(
      [unit('b.service', 'After=a.service network.target a.service', 'After=a.service'), unit('a.service')],
      ['b.service', 'a.service'],
    ).slice(1);
    expect(step).toEqual({ unit: 'b.service', after: ['a.service'], requires: [] });
  });

  test('tells which of them are required', () => {
    const steps = bootOrder(
      [unit('b.service', 'After=a.service', 'Requires=a.service other.service'), unit('a.service')],
      ['a.service', 'b.service'],
    );
    expect(steps.at(-1)).toEqual({ unit: 'b.service', after: ['a.service'], requires: ['a.service'] });
  });

  test('leaves out what nothing starts', () => {
    expect(bootOrder([unit('a.service'), unit('b.service', 'After=a.service')], ['b.service'])).toEqual([
      { unit: 'b.service', after: [], requires: [] },
    ]);
  });

  test('a text that only mentions a setting does not count', () => {
    const files = [unit('a.service', '# After=b.service', 'Description=After=b.service'), unit('b.service')];
    expect(bootOrder(files, ['a.service'])[0]?.after).toEqual([]);
  });
});

test.each([
  ['two', [unit('a.service', 'After=b.service'), unit('b.service', 'After=a.service')]],
  ['one', [unit('a.service', 'After=a.service')]],
  ['After= and Before=', [unit('a.service', 'Before=b.service', 'After=b.service'), unit('b.service')]],
])('units that wait for each other are refused: %s', (_, files) => {
  expect(() => names(files)).toThrow('units wait for each other: a.service');
});

describe('the tree', () => {
  type Short = string | Record<string, readonly unknown[]>;
  const short = ({ unit: name, alsoAfter, children }: BootBranch): Short => {
    const title = [name.replace('.service', ''), ...alsoAfter.map((one) => `+${one.replace('.service', '')}`)].join(
      ' ',
    );
    return children.length === 0 ? title : { [title]: children.map(short) };
  };
  const treeOf = (...files: NodeFile[]) => bootTree(bootOrder(files, names(files))).map(short);

  test('starts with units that wait for nothing, and puts each below the one it waits for', () => {
    const files = [unit('a.service'), unit('b.service', 'After=a.service'), unit('c.service', 'After=b.service')];
    expect(treeOf(...files, unit('d.service'))).toEqual([{ a: [{ b: ['c'] }] }, 'd']);
  });

  test('shows a unit with several parents once, below the last one', () => {
    const files = [unit('a.service'), unit('b.service'), unit('c.service', 'After=a.service b.service')];
    expect(treeOf(...files)).toEqual(['a', { b: ['c +a'] }]);
  });

  test('does not repeat what the parents wait for anyway', () => {
    const files = [
      unit('a.service'),
      unit('b.service', 'After=a.service'),
      unit('c.service', 'After=a.service b.service', 'Requires=a.service'),
    ];
    expect(treeOf(...files)).toEqual([{ a: [{ b: ['c'] }] }]);
    expect(bootTree(bootOrder(files, names(files)))[0]?.children[0]?.children[0]?.requires).toEqual(['a.service']);
  });
});
