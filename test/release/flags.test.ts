import { describe, expect, test } from 'vitest';
import { checkExtraArgs, filterFlags, knownFlag } from '../../src/release/flags.ts';
import { changes } from './releases.ts';

describe('known flags', () => {
  test.each([
    ['kube-apiserver', 'insecure-port', { '1.16': true, '1.24': false }],
    ['kube-apiserver', 'cloud-provider', { '1.16': true, '1.33': false }],
    ['kube-apiserver', 'lease-reuse-duration-seconds', { '1.16': false, '1.18': true, '1.20': false, '1.21': true }],
    ['kube-controller-manager', 'cluster-signing-duration', { '1.16': false, '1.19': true }],
    ['kube-controller-manager', 'experimental-cluster-signing-duration', { '1.16': true, '1.25': false }],
    ['kube-scheduler', 'port', { '1.16': true, '1.24': false }],
    ['kubelet', 'network-plugin', { '1.16': true, '1.24': false }],
    ['kubelet', 'container-runtime', { '1.16': true, '1.27': false }],
    ['kubelet', 'pod-infra-container-image', { '1.16': true, '1.35': false }],
    ['kube-proxy', 'proxy-mode', { '1.16': true }],
    ['kubelet', 'nonsense', { '1.16': false }],
  ] as const)('%s --%s', (program, flag, want) => {
    expect(changes((r) => knownFlag(program, r.minor, flag).known)).toEqual(want);
  });

  test('may be deprecated', () => {
    expect(changes((r) => knownFlag('kubelet', r.minor, 'logtostderr').deprecated)).toEqual({
      '1.16': false,
      '1.23': true,
      '1.26': false,
    });
  });

  test('take underscores', () => {
    expect(knownFlag('kubelet', '1.30', 'node_ip').known).toBe(true);
  });
});

describe('filtering', () => {
  test('drops what the minor does not know and keeps the values', () => {
    const flags = { 'insecure-port': 0, 'secure-port': 6443 };
    expect(filterFlags('kube-apiserver', '1.23', flags)).toEqual(flags);
    expect(filterFlags('kube-apiserver', '1.24', flags)).toEqual({ 'secure-port': 6443 });
  });

  test('a flag that no minor knows is a bug', () => {
    expect(() => filterFlags('kube-apiserver', '1.24', { 'secure-prot': 1 })).toThrow('--secure-prot');
  });
});

describe('what is wrong with extra arguments', () => {
  test('nothing', () => {
    expect(checkExtraArgs('kubelet', '1.36', ['node-ip', 'v', 'max_pods'])).toEqual([]);
  });

  test('unknown, with the nearest of this minor', () => {
    expect(checkExtraArgs('kubelet', '1.36', ['node-pi'])).toEqual([
      { flag: 'node-pi', problem: 'unknown', nearest: 'node-ip' },
    ]);
    expect(checkExtraArgs('kubelet', '1.24', ['network-plugins'])[0]?.nearest).toBeUndefined();
    expect(checkExtraArgs('kubelet', '1.36', ['toString', 'a-flag-of-somebody-else'])).toEqual([
      { flag: 'toString', problem: 'unknown' },
      { flag: 'a-flag-of-somebody-else', problem: 'unknown' },
    ]);
  });

  test('removed and not yet there, with the range', () => {
    expect(checkExtraArgs('kubelet', '1.24', ['network-plugin', 'config-dir', 'allow-privileged'])).toEqual([
      { flag: 'network-plugin', problem: 'removed', since: '1.16', until: '1.23' },
      { flag: 'config-dir', problem: 'not-yet', since: '1.28', until: '1.36' },
      { flag: 'allow-privileged', problem: 'unknown' },
    ]);
  });
});
