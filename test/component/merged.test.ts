import { expect, test } from 'vitest';
import { mergeContributions } from '../../src/component/build/merged.ts';
import type { Contribution } from '../../src/component/contract.ts';

const etcd = { name: 'etcd', version: '3.6.8', arch: 'amd64' } as const;
const unit = (name: string, start: boolean) =>
  ({ name, start, layer: 'cluster', content: { kind: 'text', text: '' } }) as const;

test('empty merged with empty is empty', () => {
  expect(mergeContributions([{}, {}])).toEqual({
    certificates: [],
    passports: [],
    secrets: [],
    artifacts: [],
    packages: [],
    environment: {},
    kernelModules: [],
    sysctls: {},
    startedUnits: [],
  });
});

test('equal requests become one, and the order of components has no effect', () => {
  const one: Contribution = {
    artifacts: [etcd],
    packages: ['socat', 'ipset'],
    kernelModules: ['overlay'],
    sysctls: { 'net.ipv4.ip_forward': 1 },
    environment: { B: '1' },
  };
  const two: Contribution = {
    artifacts: [{ name: 'cni-plugins', version: '1.8.0', arch: 'amd64' }, etcd],
    packages: ['ipset'],
    kernelModules: ['br_netfilter', 'overlay'],
    sysctls: { 'fs.file-max': 5, 'net.ipv4.ip_forward': 1 },
    environment: { A: '2' },
  };
  const merged = mergeContributions([one, two]);
  expect(JSON.stringify(mergeContributions([two, one]))).toBe(JSON.stringify(merged));
  expect(merged).toMatchObject({
    artifacts: [{ name: 'cni-plugins' }, { name: 'etcd' }],
    packages: ['ipset', 'socat'],
    kernelModules: ['br_netfilter', 'overlay'],
  });
  expect(Object.entries(merged.environment)).toEqual([
    ['A', '2'],
    ['B', '1'],
  ]);
});

test('units that the target wants keep the components’ order', () => {
  const merged = mergeContributions([
    { units: [unit('z.service', true), unit('oneshot.service', false)] },
    { units: [unit('a.timer', true)] },
  ]);
  expect(merged.startedUnits).toEqual(['z.service', 'a.timer']);
});

test.each<[string, Contribution, Contribution]>([
  ['etcd', { artifacts: [etcd] }, { artifacts: [{ ...etcd, version: '3.5.0' }] }],
  ['net.ipv4.ip_forward', { sysctls: { 'net.ipv4.ip_forward': 1 } }, { sysctls: { 'net.ipv4.ip_forward': 0 } }],
  ['PORT', { environment: { PORT: '1' } }, { environment: { PORT: '2' } }],
  [
    'bootstrap',
    { secrets: [{ name: 'bootstrap', type: 'random', bytes: 16, encoding: 'hex' }] },
    { secrets: [{ name: 'bootstrap', type: 'random', bytes: 32, encoding: 'hex' }] },
  ],
])('two values for %s are a bug in knode', (name, one, two) => {
  expect(() => ({ ...mergeContributions([one, two]) })).toThrow(`two components disagree about ${name}`);
});
