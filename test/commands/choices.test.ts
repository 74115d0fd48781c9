import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { initCommand, kubeconfigCommand, tokenCommand, validateCommand } from '../../src/cli/cluster-commands.ts';
import { completables } from '../../src/cli/completion-tree.ts';
import { imageCommand } from '../../src/cli/image-commands.ts';
import { mirrorCommand } from '../../src/cli/mirror-commands.ts';
import { explainCommand, passportCommand, renderCommand } from '../../src/cli/node-commands.ts';
import { pkiCommand } from '../../src/cli/pki-commands.ts';

const root = new Command('knode');
for (const add of [initCommand, kubeconfigCommand, tokenCommand, validateCommand]) add(root);
for (const add of [explainCommand, passportCommand, renderCommand]) add(root);
for (const add of [imageCommand, mirrorCommand, pkiCommand]) add(root);
const options = completables(root).flatMap(({ path, options }) =>
  options.map((option) => ({ ...option, name: `${path} ${option.names.at(-1)}` })),
);
const closed = options.filter(({ values }) => values.length > 0);

describe('an option with a closed set of values', () => {
  test('is known to completion', () => {
    const names = [...new Set(closed.map((one) => one.names.at(-1)))].toSorted();
    const image = ['--arch', '--builder', '--layers', '--os'];
    expect(names).toEqual([...image, '--allow-change', '--format', '--platform', '--preset', '--role'].toSorted());
  });

  // The settings of --allow-change fill a page of their own.
  test.each(closed.filter(({ names }) => !names.includes('--allow-change')))(
    '$name: its help names what completion offers',
    ({ about, values }) => {
      const words = about.split(/[\s():;]+/).map((word) => word.replace(/,$/, ''));
      expect(values.filter((value) => !words.includes(value))).toEqual([]);
    },
  );

  test('has its words from a table: no help lists words that completion does not offer', () => {
    const open = options.filter(({ values, takesValue }) => takesValue && values.length === 0);
    const listing = /^[a-z0-9.-]+(, [a-z0-9.-]+)* or [a-z0-9.-]+\b/;
    expect(open.filter(({ about }) => listing.test(about)).map(({ name }) => name)).toEqual([]);
  });
});
