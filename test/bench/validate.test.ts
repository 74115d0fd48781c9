import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { packagePath } from '../../src/base/files/package-root.ts';
import { validate } from '../../src/commands/validate.ts';
import { memoryIo } from '../commands/fixture.ts';
import { tempFolder } from '../support/temp-folder.ts';

const machines = (net: number, count: number) =>
  Array.from({ length: count }, (_, at) => ({ address: `10.${net}.${Math.floor(at / 200)}.${(at % 200) + 11}` }));

const file = join(tempFolder('validate'), 'cluster.yaml');
const cluster = {
  apiVersion: 'knode.dev/v1',
  kind: 'Cluster',
  name: 'large',
  kubernetes: { version: '1.36.3' },
  apiEndpoint: { address: '10.1.9.9', loadBalancer: { type: 'external' } },
  network: { podCIDR: '10.128.0.0/9' },
  nodes: { masters: machines(1, 3), workers: machines(2, 497) },
};

/** In one second on a machine that has nothing else to do (bench/scale.ts); here processor time counts, with room for slow ones. */
it('500 nodes are validated in less than three seconds of processor time', { timeout: 120_000 }, async () => {
  writeFileSync(file, stringify(cluster));
  const run = () => validate({ file, lock: packagePath('test/fixtures/test.lock.yaml') }, memoryIo());
  await run(); // loads what later runs have
  const before = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(before);
  process.stderr.write(`validate of 500 nodes: ${Math.round((user + system) / 1000)} ms of processor time\n`);
  expect((user + system) / 1e6).toBeLessThan(3);
});
