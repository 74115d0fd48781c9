import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exampleNames, goldenFolder, renderExample } from '../support/examples.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** A copy of an example whose cluster file has this key for the nodes of the control plane. */
function copyWith(example: string, key: 'masters' | 'controlPlane'): string {
  const folder = tempFolder('control-plane');
  cpSync(goldenFolder(example), folder, { recursive: true });
  const file = join(folder, 'cluster.yaml');
  const text = readFileSync(file, 'utf8').replace(/^ {2}(masters|controlPlane):/m, `  ${key}:`);
  writeFileSync(file, text);
  expect(text).toContain(`\n  ${key}:`);
  return folder;
}

test.each(exampleNames)('nodes of %s are the same with nodes.controlPlane and with nodes.masters', (name) => {
  const [older, newer] = (['masters', 'controlPlane'] as const).map((key) => renderExample(name, copyWith(name, key)));
  expect(newer?.nodes.length).toBeGreaterThan(0);
  expect(newer?.nodes.map(({ files }) => files)).toEqual(older?.nodes.map(({ files }) => files));
  expect(newer?.nodes.map(({ plan }) => plan.artifacts)).toEqual(older?.nodes.map(({ plan }) => plan.artifacts));
  expect(newer?.warnings).toBe(older?.warnings);
});
