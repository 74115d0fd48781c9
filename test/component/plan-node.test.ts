import { describe, expect, test } from 'vitest';
import { planNode } from '../../src/component/plan-node.ts';
import type { Role } from '../../src/model/cluster.ts';
import { clusterOf, planOf } from '../support/cluster-text.ts';

const everyRole = {
  nodes: { etcd: [{ address: '10.0.0.31' }], balancers: [{ address: '10.0.0.10' }] },
  apiEndpoint: { loadBalancer: { type: 'balancer' } },
};
const cluster = clusterOf(everyRole);
const roles: readonly Role[] = ['master', 'worker', 'etcd', 'balancer'];

describe.each(roles)('%s', (role) => {
  const plan = planOf(cluster, role);
  const paths = plan.files.map((file) => file.path);

  test('no path occurs twice, and all are sorted and absolute', () => {
    expect(paths).toEqual([...new Set(paths)].toSorted((a, b) => (a < b ? -1 : 1)));
    expect(paths.filter((path) => !/^(\/[^/]+)+$/.test(path))).toEqual([]);
  });

  test('secrets are closed and in no image', () => {
    const open = plan.files.filter((file) => file.secret && (file.layer === 'image' || !/^0[46]00$/.test(file.mode)));
    expect(open.map((file) => [file.path, file.layer, file.mode])).toEqual([]);
    const keys = plan.files.filter((file) => file.content.kind === 'private-key');
    expect(keys.filter((file) => !file.secret)).toEqual([]);
  });

  test('files and requests of certificates match', () => {
    const held = plan.files.flatMap(({ content }) => (content.kind === 'certificate' ? [content.id] : []));
    const asked = plan.certificates.map((request) => request.id);
    expect(asked).toEqual([...new Set(asked)]);
    expect(held.filter((id) => !asked.includes(id))).toEqual([]);
  });

  test('every started unit has a file', () => {
    const missing = plan.units.filter((unit) => !paths.includes(`/etc/systemd/system/${unit.name}`));
    expect(missing).toEqual([]);
    expect(plan.units.some((unit) => unit.name === 'knode.target')).toBe(true);
  });

  test('the same cluster gives the same plan', () => {
    expect(JSON.stringify(planOf(clusterOf(everyRole), role))).toBe(JSON.stringify(plan));
  });
});

test('the CA key is only on nodes that sign', () => {
  const withKey = roles.filter((role) =>
    planOf(cluster, role).files.some(({ content }) => content.kind === 'authority' && content.part === 'private-key'),
  );
  expect(withKey).toEqual(['master']);
});

describe('the user’s own files', () => {
  const own = (extra: Record<string, unknown>) => {
    const changed = clusterOf({ ...everyRole, ...extra });
    return (role: Role) => planNode(changed, changed.nodes.find((node) => node.role === role)!);
  };

  test('are on their roles, with their origin', () => {
    const plan = own({ extraFiles: [{ path: '/etc/motd', content: 'hi', roles: ['worker'] }] });
    expect(plan('worker').value?.files.find((file) => file.path === '/etc/motd')).toMatchObject({
      component: 'extras',
      mode: '0644',
      secret: false,
      from: ['extraFiles', 0],
    });
    expect(plan('master').value?.files.some((file) => file.path === '/etc/motd')).toBe(false);
  });

  test('one of knode’s paths is refused with the component that writes it', () => {
    const plan = own({ extraUnits: [{ name: 'etcd.service', content: '[Service]\nExecStart=/bin/true\n' }] });
    expect(plan('etcd')).toEqual({
      diagnostics: [
        expect.objectContaining({
          severity: 'error',
          code: 'path-taken',
          path: ['extraUnits', 0, 'name'],
          message: expect.stringContaining('component etcd'),
        }),
      ],
    });
    expect(plan('balancer').diagnostics).toEqual([]);
  });

  test('a unit with start: false is only written', () => {
    const { value } = own({
      extraUnits: [{ name: 'x.service', content: '[Service]\nExecStart=/bin/true\n', start: false }],
    })('worker');
    expect(value?.units.find((unit) => unit.name === 'x.service')).toMatchObject({ start: false });
  });
});
