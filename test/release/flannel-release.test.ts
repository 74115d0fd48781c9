import { expect, test } from 'vitest';
import { FlannelRelease, flannelRelease } from '../../src/release/program/flannel-release.ts';

function flannel(version: string): FlannelRelease {
  const { value } = flannelRelease(version);
  if (!value) throw new Error(version);
  return value;
}

test('versions before the facts are refused, newer ones are treated like the newest with a warning', () => {
  expect(flannelRelease('0.6.2')).toMatchObject({ diagnostics: [{ code: 'version-unknown', severity: 'error' }] });
  expect(flannelRelease('x').diagnostics).toMatchObject([{ code: 'version-malformed' }]);
  expect(flannelRelease('0.7.0').diagnostics).toEqual([]);
  expect(flannelRelease('v0.28.12').diagnostics).toEqual([]);
  expect(flannelRelease('0.29.0').diagnostics).toMatchObject([
    { code: 'version-newer-than-facts', severity: 'warning' },
  ]);
  expect(flannel('0.29.0').storeApi()).toBe('v3');
  expect(flannel('0.29.0').knownFlag('ip-blackhole-route').known).toBe(true);
});

test.each([
  ['0.7.1', 'v2'],
  ['0.17.0', 'v2'],
  ['0.18.0', 'v3'],
])('%s has the store %s', (version, want) => {
  expect(flannel(version).storeApi()).toBe(want);
});

test('backends', () => {
  expect(flannel('0.11.0').backends()).toContain('aws-vpc');
  expect(flannel('0.20.0').backend('aws-vpc')).toEqual({ known: false, since: '0.7.0', until: '0.19.2' });
  expect(flannel('0.15.1').backend('wireguard')).toMatchObject({ known: false, since: '0.16.0' });
  expect(flannel('0.16.0').backend('wireguard').known).toBe(true);
  expect(flannel('0.16.0').backend('vxlna')).toEqual({ known: false });
  expect(flannel('0.16.0').backendKeys('vxlan')).toContain('DirectRouting');
  expect(flannel('0.16.0').backendKeys('host-gw')).toBeUndefined();
});

test('configuration keys', () => {
  expect(flannel('0.14.0').configKey('EnableIPv6').known).toBe(false);
  expect(flannel('0.15.0').configKey('EnableIPv6').known).toBe(true);
  expect(flannel('0.24.4').configKey('EnableNFTables').known).toBe(false);
  expect(flannel('0.25.0').configKey('EnableNFTables').known).toBe(true);
});

test('flags', () => {
  expect(flannel('0.7.1').filterFlags({ 'iface-regex': 'eth', iface: 'eth0' })).toEqual({ iface: 'eth0' });
  expect(flannel('0.11.0').checkExtraArgs(['remote', 'public-ipv6', 'ip-mask', 'log_backtrace_at'])).toEqual([
    { flag: 'remote', problem: 'removed', since: '0.7.0', until: '0.7.1' },
    { flag: 'public-ipv6', problem: 'not-yet', since: '0.15.0', until: '0.28.9' },
    { flag: 'ip-mask', problem: 'unknown', nearest: 'ip-masq' },
  ]);
});

test('the flannel CNI plugin left the CNI plugins at 1.0.0', () => {
  expect(FlannelRelease.needsOwnCniPlugin('0.9.1')).toBe(false);
  expect(FlannelRelease.needsOwnCniPlugin('v1.0.0')).toBe(true);
});
