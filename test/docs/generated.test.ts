import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { clusterFileReference } from '../../scripts/generators/cluster-file-reference.ts';
import { schemaFiles } from '../../scripts/generators/cluster-schema.ts';
import { commandReference } from '../../scripts/generators/command-reference.ts';
import { housePicture } from '../../scripts/generators/house-picture.ts';
import { type GeneratedFile, stale } from '../../scripts/generators/publish.ts';
import { packagePath } from '../../src/base/files/package-root.ts';

/** Keys without a description today (of taints and hosts); the number must never increase. */
const knownSilent = 5;

function expectCurrent(files: readonly GeneratedFile[], remedy: string): void {
  const names = stale(files).map((file) => file.path);
  expect(names, `run ${remedy}`).toEqual([]);
}

describe('generated files', () => {
  it('schema/cluster.v1.json is what knode schema prints', () => expectCurrent(schemaFiles(), 'npm run schema'));

  it('docs/cluster-file.md is made from the schema', () => expectCurrent([clusterFileReference()], 'npm run docs'));

  it('docs/rooms.svg is drawn from docs/design.md and the code', () => expectCurrent([housePicture()], 'npm run docs'));

  it('docs/commands has a page for every command, of what --help says, and no other', async () => {
    const files = await commandReference();
    expectCurrent(files, 'npm run docs');
    const names = files.map((file) => file.path.replace('docs/commands/', ''));
    expect(readdirSync(packagePath('docs/commands')).sort()).toEqual(names.sort());
    const silent = files.slice(1).filter((file) => !/^## (Examples|Commands)$/m.test(file.content));
    expect(
      silent.map((file) => file.path),
      'commands without examples',
    ).toEqual([]);
  }, 60_000);

  it('describes every key of the cluster file', () => {
    const rows = clusterFileReference().content.matchAll(/^\| `(.+?)` \| .* \| (.*) \|$/gm);
    const silent = [...rows].filter(([, , description]) => description === '').map(([, path]) => path);
    expect(silent.length).toBeLessThanOrEqual(knownSilent);
  });
});
