import { describe, expect, it } from 'vitest';
import { clusterFileReference } from '../../scripts/generated/cluster-file-reference.ts';
import { schemaFiles } from '../../scripts/generated/cluster-schema.ts';
import { commandReference } from '../../scripts/generated/command-reference.ts';
import { type GeneratedFile, stale } from '../../scripts/generated/publish.ts';

/** Keys without a description today (of taints and hosts); the number only ever goes down. */
const knownSilent = 5;

function expectCurrent(files: readonly GeneratedFile[], remedy: string): void {
  const names = stale(files).map((file) => file.path);
  expect(names, `run ${remedy}`).toEqual([]);
}

describe('generated files', () => {
  it('schema/cluster.v1.json is what knode schema prints', () => expectCurrent(schemaFiles(), 'npm run schema'));

  it('docs/cluster-file.md is made from the schema', () => expectCurrent([clusterFileReference()], 'npm run docs'));

  it('docs/commands.md is what --help says', async () => expectCurrent([await commandReference()], 'npm run docs'));

  it('describes every key of the cluster file', () => {
    const rows = clusterFileReference().content.matchAll(/^\| `(.+?)` \| .* \| (.*) \|$/gm);
    const silent = [...rows].filter(([, , description]) => description === '').map(([, path]) => path);
    expect(silent.length).toBeLessThanOrEqual(knownSilent);
  });
});
