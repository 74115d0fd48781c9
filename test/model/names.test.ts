import { describe, expect, test } from 'vitest';
import { defaultNodeName } from '../../src/model/names.ts';
import { isAddress, suggestDnsName } from '../../src/model/schema/addresses.ts';
import { clusterOf } from '../support/cluster-text.ts';

test.each([
  ['master', 0, 'prod-m1'],
  ['worker', 9, 'prod-w10'],
  ['etcd', 2, 'prod-etcd3'],
  ['balancer', 0, 'prod-lb1'],
] as const)('%s %i is called %s', (role, index, name) => {
  expect(defaultNodeName('prod', role, index)).toBe(name);
});

test.each([
  ['k8s_1', 'k8s-1'],
  ['Node.A', 'node.a'],
  ['--x--', 'x'],
  ['größe', 'grosse'],
  ['日本', 'node-1'],
  ['', 'node-1'],
])('for %s the suggestion is %s', (wrong, right) => {
  expect(suggestDnsName(wrong)).toBe(right);
});

test.each([
  ['10.0.0.1', true],
  ['::1', true],
  ['fd00::a:b', true],
  ['10.1', false],
  ['10', false],
  ['0x7f', false],
  ['10.0.0.256', false],
  ['a:b', false],
  ['api.example.com', false],
])('%s is an address: %s', (value, answer) => {
  expect(isAddress(value)).toBe(answer);
});

describe('names in the API server’s certificate', () => {
  test('are those of seed document 000, with the nodes’ own', () => {
    const cluster = clusterOf({
      apiEndpoint: {
        address: '10.0.0.10',
        name: 'api.example.com',
        extraSANs: ['*.example.com', '192.168.0.1', 'fd00::1'],
      },
      nodes: { masters: [{ name: 'a', address: '10.0.0.11' }], workers: [{ address: '10.0.0.21' }] },
    });
    expect(cluster.apiServerNames).toEqual({
      dnsNames: [
        'localhost',
        'kubernetes',
        'kubernetes.default',
        'kubernetes.default.svc',
        'kubernetes.default.svc.cluster.local',
        'a',
        'api.example.com',
        '*.example.com',
      ],
      ipAddresses: ['127.0.0.1', '10.96.0.1', '10.0.0.11', '10.0.0.10', '192.168.0.1', 'fd00::1'],
    });
  });

  test('occur once', () => {
    const { dnsNames, ipAddresses } = clusterOf({
      apiEndpoint: { address: '10.0.0.11', name: 'prod-m1', extraSANs: ['localhost', '127.0.0.1', 'kubernetes'] },
    }).apiServerNames;
    expect(dnsNames).toEqual([...new Set(dnsNames)]);
    expect(ipAddresses).toEqual(['127.0.0.1', '10.96.0.1', '10.0.0.11']);
  });

  test('include balancers only if nodes reach the API through them', () => {
    const balancers = [{ address: '10.0.0.5' }];
    const withThem = (type: string) =>
      clusterOf({ nodes: { balancers }, apiEndpoint: { loadBalancer: { type } } }).apiServerNames.ipAddresses;
    expect(withThem('balancer')).toContain('10.0.0.5');
    expect(withThem('local')).not.toContain('10.0.0.5');
  });
});
