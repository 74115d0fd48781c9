import { describe, expect, test } from 'vitest';
import { checkConfigFields, filterConfigFields, knownField } from '../../src/release/config-fields.ts';
import { changes } from './releases.ts';

const kubelet = 'KubeletConfiguration';

test.each([
  ['seccompDefault', { '1.16': false, '1.22': true }],
  ['containerRuntimeEndpoint', { '1.16': false, '1.27': true }],
  ['failCgroupV1', { '1.16': false, '1.31': true }],
  ['memorySwap.swapBehavior', { '1.16': false, '1.22': true }],
  ['authentication.x509.clientCAFile', { '1.16': true }],
  ['authentication.x509.clientCaFile', { '1.16': false }],
] as const)('%s', (field, want) => {
  expect(changes((r) => knownField(kubelet, r.minor, field).known)).toEqual(want);
});

describe('what is wrong with a configuration', () => {
  test('nothing', () => {
    const config = {
      apiVersion: 'kubelet.config.k8s.io/v1beta1',
      kind: kubelet,
      authentication: { x509: { clientCAFile: '/etc/kubernetes/pki/ca.crt' } },
      evictionHard: { 'memory.available': '100Mi' },
      clusterDNS: ['10.0.0.10'],
      streamingConnectionIdleTimeout: '4h0m0s',
      maxPods: 110,
      cpuCFSQuota: null,
    };
    expect(checkConfigFields(kubelet, '1.16', config)).toEqual([]);
  });

  test('an unknown field, with the nearest beside it', () => {
    expect(checkConfigFields(kubelet, '1.30', { authentication: { x509: { clientCaFile: 'x' } }, maxPod: 1 })).toEqual([
      { path: ['authentication', 'x509', 'clientCaFile'], problem: 'unknown', nearest: 'clientCAFile' },
      { path: ['maxPod'], problem: 'unknown', nearest: 'maxPods' },
    ]);
  });

  test('a key with a dot is not a nested field', () => {
    expect(checkConfigFields(kubelet, '1.30', { 'authentication.x509': {} })).toMatchObject([{ problem: 'unknown' }]);
  });

  test('a field of another minor', () => {
    expect(checkConfigFields(kubelet, '1.30', { failCgroupV1: false })).toEqual([
      { path: ['failCgroupV1'], problem: 'not-yet', since: '1.31', until: '1.36' },
    ]);
    expect(checkConfigFields('KubeProxyConfiguration', '1.26', { udpIdleTimeout: '1s' })).toMatchObject([
      { problem: 'removed', until: '1.25' },
    ]);
  });

  test.each([
    ['maxPods', '110', 'a whole number'],
    ['maxPods', 1.5, 'a whole number'],
    ['failSwapOn', 'false', 'true or false'],
    ['clusterDNS', '10.0.0.10', 'a list of strings'],
    ['kubeReserved', { cpu: 1 }, 'a map of strings'],
    ['featureGates', { NodeSwap: 'true' }, 'a map of true or false'],
    ['authentication', [], 'a map'],
    ['syncFrequency', '10', "a duration such as '30s' or '1h30m'"],
    ['syncFrequency', 10, "a duration such as '30s' or '1h30m'"],
    ['registerWithTaints', ['x'], 'a list of maps'],
    ['clusterDomain', 1, 'a string'],
  ])('%s: %j has a wrong type', (field, value, expected) => {
    expect(checkConfigFields(kubelet, '1.30', { [field]: value })).toEqual([
      { path: [field], problem: 'type', expected },
    ]);
  });

  test('logging.flushFrequency takes a duration from 1.28', () => {
    const config = { logging: { flushFrequency: '5s' } };
    expect(checkConfigFields(kubelet, '1.27', config)).toMatchObject([{ problem: 'type', expected: 'a whole number' }]);
    expect(checkConfigFields(kubelet, '1.28', config)).toEqual([]);
    expect(checkConfigFields(kubelet, '1.28', { logging: { flushFrequency: 5_000_000_000 } })).toEqual([]);
  });
});

describe('filtering', () => {
  test('drops fields of other minors at every depth', () => {
    const config = { kind: kubelet, failSwapOn: false, memorySwap: { swapBehavior: 'LimitedSwap' } };
    expect(filterConfigFields(kubelet, '1.21', config)).toEqual({ kind: kubelet, failSwapOn: false });
    expect(filterConfigFields(kubelet, '1.22', config)).toEqual(config);
  });

  test('a field that no minor knows is a bug', () => {
    expect(() => filterConfigFields(kubelet, '1.30', { logging: { fromat: 'json' } })).toThrow('logging.fromat');
  });
});
