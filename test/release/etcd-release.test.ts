import { describe, expect, test } from 'vitest';
import { type EtcdRelease, etcdRelease } from '../../src/release/program/etcd-release.ts';

function etcd(version: string): EtcdRelease {
  const { value, diagnostics } = etcdRelease(version);
  expect(diagnostics).toEqual([]);
  return value!;
}

test.each(['3.2.32', '3.7.0', '4.0.0'])('there are no facts for %s', (version) => {
  expect(etcdRelease(version)).toMatchObject({ diagnostics: [{ code: 'version-unknown' }] });
  expect(etcdRelease(version).diagnostics[0]?.message).toContain('etcd 3.3 to 3.6');
});

test('a malformed version is distinguished', () => {
  expect(etcdRelease('3').diagnostics).toMatchObject([{ code: 'version-malformed' }]);
});

test.each([
  ['3.3.25', { servesV2: true, needsEnableV2: false, logger: {} }],
  ['3.4.13', { servesV2: true, needsEnableV2: true, logger: { logger: 'zap' } }],
  ['3.5.33', { servesV2: true, needsEnableV2: true, logger: { logger: 'zap' } }],
  ['v3.6.14', { servesV2: false, needsEnableV2: false, logger: { logger: 'zap' } }],
])('%s', (version, want) => {
  const release = etcd(version);
  expect({
    servesV2: release.servesV2(),
    needsEnableV2: release.needsEnableV2(),
    logger: release.loggerFlags(),
  }).toEqual(want);
  expect(release.knownFlag('enable-v2').known).toBe(release.servesV2());
  expect(release.checkExtraArgs(Object.keys(release.loggerFlags()))).toEqual([]);
});

test.each([
  ['3.4.33', false],
  ['3.5.0-rc.1', true],
  ['3.5.0', true],
  ['3.5.2', true],
  ['3.5.3', false],
  ['3.6.0', false],
])('%s corrupts data: %s', (version, want) => {
  expect(etcd(version).hasCorruptionBug()).toBe(want);
});

test('arm64 is unsupported before 3.5', () => {
  expect(etcd('3.4.13').needsUnsupportedArch('arm64')).toBe(true);
  expect(etcd('3.4.13').needsUnsupportedArch('amd64')).toBe(false);
  expect(etcd('3.5.3').needsUnsupportedArch('arm64')).toBe(false);
});

test('a deprecated flag is left out if it equals etcd’s default', () => {
  const usual = { 'max-snapshots': 5, 'max-wals': 5, 'snapshot-count': 10000, name: 'm1' };
  expect(etcd('3.5.33').filterFlags(usual)).toEqual(usual);
  expect(etcd('3.6.8').filterFlags(usual)).toEqual({ name: 'm1' });
  expect(etcd('3.6.8').filterFlags({ ...usual, 'max-snapshots': 3 })).toEqual({ 'max-snapshots': 3, name: 'm1' });
  expect(etcd('3.6.8').knownFlag('experimental-corrupt-check-time')).toMatchObject({ known: true, deprecated: true });
  expect(etcd('3.5.33').knownFlag('experimental-corrupt-check-time')).toMatchObject({ known: true, deprecated: false });
});

test.each([
  ['3.3.25', {}],
  ['3.4.23', {}],
  ['3.5.33', { 'experimental-initial-corrupt-check': true, 'experimental-watch-progress-notify-interval': '5s' }],
  ['3.6.14', { 'feature-gates': 'InitialCorruptCheck=true', 'watch-progress-notify-interval': '5s' }],
])('%s: corruption checks and progress of watches', (version, want) => {
  const release = etcd(version);
  const flags = { ...release.corruptionCheckFlags(), ...release.watchProgressFlags() };
  expect(flags).toEqual(want);
  expect(release.filterFlags(flags)).toEqual(flags);
});

describe('etcdctl', () => {
  test.each([
    ['3.3.25', 'v2', {}],
    ['3.3.25', 'v3', { ETCDCTL_API: '3' }],
    ['3.4.13', 'v2', { ETCDCTL_API: '2' }],
    ['3.4.13', 'v3', {}],
    ['3.6.8', 'v2', undefined],
    ['3.6.8', 'v3', {}],
  ] as const)('%s speaks %s with %j', (version, api, want) => {
    expect(etcd(version).etcdctlEnvironment(api)).toEqual(want);
  });
});

test('flags', () => {
  expect(etcd('3.6.8').filterFlags({ 'enable-v2': true, name: 'm1' })).toEqual({ name: 'm1' });
  expect(() => etcd('3.6.8').filterFlags({ nmae: 'm1' })).toThrow('--nmae');
  expect(etcd('3.6.8').checkExtraArgs(['enable-v2', 'data_dir', 'pre-vote'])).toEqual([
    { flag: 'enable-v2', problem: 'removed', since: '3.3', until: '3.5' },
    { flag: 'data_dir', problem: 'unknown', nearest: 'data-dir' },
  ]);
  expect(etcd('3.3.25').checkExtraArgs(['pre-vote'])).toMatchObject([{ problem: 'not-yet', since: '3.4' }]);
});
