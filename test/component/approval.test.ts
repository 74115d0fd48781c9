import { expect, test } from 'vitest';
import { clusterOf } from '../support/cluster-text.ts';
import { contentOf, renderUnlocked } from '../support/render-unlocked.ts';

const masters = [
  { name: 'm1', address: '10.0.0.11' },
  { name: 'm2', address: '10.0.0.12' },
  { name: 'm3', address: '10.0.0.13' },
];
const w1 = { name: 'w1', address: '10.0.0.21' };
const first = { masters, workers: [w1], pools: { web: { names: 'web-*' } } };

function masterOf(nodes: object, kubernetes: object = {}) {
  const cluster = clusterOf({ nodes, kubernetes: { version: '1.36.3', ...kubernetes } });
  const [node] = cluster.masters;
  if (node === undefined) throw new Error('no master');
  return renderUnlocked(cluster, node);
}

const changes: readonly [string, object][] = [
  ['a further worker', { ...first, workers: [w1, { name: 'w2', address: '10.0.0.22', labels: { a: 'b' } }] }],
  ['no worker', { ...first, workers: [] }],
  ['a worker with other marks', { ...first, workers: [{ ...w1, taints: [{ key: 'a', effect: 'NoSchedule' }] }] }],
  ['a worker at another address', { ...first, workers: [{ ...w1, address: '10.0.0.29' }] }],
  ['a further pool', { ...first, pools: { ...first.pools, batch: { nodeName: 'address', network: '10.0.9.0/24' } } }],
  ['no pool', { ...first, pools: {} }],
  ['a pool with other names', { ...first, pools: { web: { names: 'www-*', labels: { a: 'b' } } } }],
];

test.each(['certificate', 'token-secret', 'token-file'])(
  'workers and pools change no file of a master: %s',
  (method) => {
    const bootstrap = { bootstrap: { method } };
    const { files } = masterOf(first, bootstrap);
    for (const [change, nodes] of changes) expect([change, masterOf(nodes, bootstrap).files]).toEqual([change, files]);
  },
);

test('the list of reserved names has the API, masters, etcd nodes and balancers, and no worker', () => {
  const cluster = clusterOf({
    nodes: {
      ...first,
      etcd: [{ name: 'e1', address: '10.0.0.41' }],
      balancers: [{ name: 'lb1', address: '10.0.0.51' }],
    },
    apiEndpoint: {
      address: '10.0.0.10',
      name: 'api.example.com',
      loadBalancer: { type: 'balancer' },
      extraSANs: ['*.x.org', 'fd00::1'],
    },
  });
  const [node] = cluster.masters;
  if (node === undefined) throw new Error('no master');
  const lines = contentOf(renderUnlocked(cluster, node), '/etc/knode/reserved.list')?.split('\n') ?? [];
  for (const line of [
    'name m1',
    'name e1',
    'name lb1',
    'name api.example.com',
    'name kubernetes.default.svc',
    'domain x.org',
    'domain cluster.local',
    'address 10.0.0.10',
    'address 10.0.0.12',
    'address 10.0.0.41',
    'address 10.0.0.51',
    'network 10.96.0.0/16',
    'network 10.244.0.0/16',
    'network 127.0.0.0/8',
  ])
    expect(lines).toContain(line);
  expect(lines.join('\n')).not.toMatch(/w1|10\.0\.0\.21|fd00/);
});

test('a token’s right to become any node is revoked if nodes join with certificates', () => {
  const rbac = (method: string) =>
    contentOf(masterOf(first, { bootstrap: { method } }), '/etc/knode/manifests/10-rbac.yaml') ?? '';
  const subjects = (text: string) =>
    /name: knode:approve-node-client\n(?:.*\n)*?subjects:(.*\n(?: .*\n)*)/.exec(text)?.[1];
  expect(subjects(rbac('certificate'))).toMatch(/^ \[\]\n/);
  expect(subjects(rbac('token-secret'))).toContain('name: system:bootstrappers');
  expect(subjects(rbac('token-file'))).toContain('name: system:kubelet-bootstrap');
});
