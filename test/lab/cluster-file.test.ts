import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packagePath } from '../../src/base/files/package-root.ts';
import { readCluster } from '../../src/component/read-cluster.ts';
import { readClusterFile } from '../../src/workflow/read-inputs.ts';
import { labFile, networkOf } from './cluster-file.ts';
import { endpointProblem } from './endpoint.ts';

const folders = ['examples', 'test/lab/clusters'].flatMap((folder) =>
  readdirSync(packagePath(folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name)),
);

it.each(folders)('the lab’s version of %s is valid, with the file’s own network', (folder) => {
  const path = packagePath(folder, 'cluster.yaml');
  const asked = readClusterFile(path).value?.cluster;
  if (asked === undefined) throw new Error(`${folder} is not valid`);
  const { gateway, network } = networkOf(asked);
  expect(asked.nodes.map(({ address }) => address)).not.toContain(gateway);
  const around = {
    mirrors: [`http://${gateway}:8080`],
    imagesSha256: 'a'.repeat(64),
    ownKernel: false,
    gateway,
    network,
  };
  const { text } = labFile(readFileSync(path, 'utf8'), asked, around);
  const { value, diagnostics } = readCluster(text, path);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(value?.cluster.spec.network.host).toMatchObject({ gateway, cidr: network });
});

it('reports that the lab has no DNS for a cluster whose nodes reach the API by name only', () => {
  const path = packagePath('examples/dedicated-etcd/cluster.yaml');
  const text = readFileSync(path, 'utf8');
  const cluster = (changed: string) => {
    const { value } = readCluster(changed, path);
    if (value === undefined) throw new Error('not valid');
    return value.cluster;
  };
  expect(endpointProblem(cluster(text))).toBeUndefined();
  expect(endpointProblem(cluster(text.replace('address: 10.40.0.10', 'name: api.example.com')))).toMatch(/no DNS/);
});
