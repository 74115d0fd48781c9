import { expect, test } from 'vitest';
import type { NodePlan } from '../../src/component/plan.ts';
import { clusterOf, planOf } from '../support/cluster-text.ts';

function listOf(plan: NodePlan): string {
  const file = plan.files.find((one) => one.path === '/etc/knode/packages.list');
  if (file?.content.kind !== 'text') throw new Error('there is no list of packages');
  return file.content.text;
}

const units = (plan: NodePlan) => plan.units.map((unit) => unit.name);

test('required packages are separate from additional ones; a package that is both is required', () => {
  const plan = planOf(clusterOf({ os: { packages: ['jq', 'no-such-package', 'curl', 'jq'] } }));
  const list = listOf(plan);
  expect(list).toMatch(/^family debian\nnode ca-certificates\nnode conntrack\nnode curl\n/);
  expect(list).toMatch(/\nnode socat\nuser jq\nuser no-such-package\n$/);
  expect(units(plan)).toEqual(expect.arrayContaining(['knode-packages.service', 'knode-optional-packages.service']));
  expect(plan.packages).toEqual(expect.arrayContaining(['curl', 'jq', 'no-such-package']));
});

test('without additional packages the node waits for all of them', () => {
  expect(units(planOf(clusterOf({})))).not.toContain('knode-optional-packages.service');
});

test('an upgrade and a time daemon for the configured servers are additional', () => {
  const os = { family: 'rhel', packageUpgrade: true, ntp: { servers: ['10.0.0.2'] } };
  const plan = planOf(clusterOf({ os }));
  expect(listOf(plan)).toMatch(/^family rhel\nupgrade\ntime\nnode ca-certificates\n/);
  expect(units(plan)).toContain('knode-optional-packages.service');
  expect(listOf(planOf(clusterOf({ os: { ntp: { enabled: false, servers: ['10.0.0.2'] } } })))).not.toContain('time');
});
