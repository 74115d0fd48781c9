import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { packagePath } from '../../src/base/files/package-root.ts';
import { sortedNeeds } from '../../src/mirror/catalogue/identity.ts';
import { upstreamFile } from '../../src/mirror/catalogue/upstream-file.ts';
import { clusterCatalogue, planNodes } from '../../src/workflow/plan-nodes.ts';
import { readClusterFile } from '../../src/workflow/read-inputs.ts';
import { coreDnsKey } from './images.ts';

it('lists the artifacts that the lab needs for examples/modern, with the names of its mirror', () => {
  const read = readClusterFile(packagePath('examples/modern/cluster.yaml')).value;
  if (read === undefined) throw new Error('examples/modern is not valid');
  const { cluster } = read;
  const needs = sortedNeeds(planNodes(read, [...cluster.nodes]).flatMap((plan) => plan.artifacts));
  const keys = needs
    .filter(({ name }) => name !== 'crictl')
    .map((need) => upstreamFile(need, clusterCatalogue(read)).key);
  const readme = readFileSync(packagePath('test/lab/README.md'), 'utf8');
  expect(/```text\n(cni-plugins[^`]*)\n```/.exec(readme)?.[1]?.split('\n')).toEqual([
    ...keys,
    coreDnsKey(cluster.images.coreDns),
  ]);
});
