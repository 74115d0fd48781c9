/** Every block of a preset that is commented out is valid once its marks are taken away. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatDiagnostics } from '../../src/base/format-diagnostic.ts';
import { init } from '../../src/commands/init.ts';
import { presets } from '../../src/commands/presets.ts';
import { readCluster } from '../../src/model/read-cluster.ts';
import { freshFolder, memoryIo } from './fixture.ts';

/** A setting behind a mark, and what goes on below it. */
const block = /^( *)# (?:[A-Za-z]+:.*\S.*|[A-Za-z]+:)\n(?:\1# {2,}\S.*\n?)*/gm;
const uncommented = (text: string): string => text.replace(/^( *)# /gm, '$1');

describe.each(presets)('%s', (preset) => {
  const folder = freshFolder();
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'cluster.yaml');
  init({ file, preset, name: 'prod' }, memoryIo());
  const text = readFileSync(file, 'utf8');
  // Of the head only settings, no line for editors.
  const blocks = [...text.matchAll(block)].map(([found]) => found).filter((found) => !/schema|knode [a-z]/.test(found));

  test('each block, and all of them', () => {
    if (preset === 'modern')
      expect(blocks.map((one) => one.trim().split(':')[0])).toEqual(['# name', '# host', '# dataDisks', '# artifacts']);
    const variants = [
      ...blocks.map((one) => text.replace(one, uncommented(one))),
      blocks.reduce((all, one) => all.replace(one, uncommented(one)), text),
    ];
    for (const variant of variants) {
      writeFileSync(file, variant);
      const errors = readCluster(variant, file).diagnostics.filter(({ severity }) => severity === 'error');
      expect(formatDiagnostics(errors)).toBe('');
    }
  });
});
