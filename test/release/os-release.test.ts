import { expect, test } from 'vitest';
import { checkPairs } from '../../src/release/compatibility.ts';
import { facts } from '../../src/release/facts.ts';
import {
  needsStaticContainerd,
  osKernelIsOlder,
  osRelease,
  osReleaseNames,
} from '../../src/release/program/os-release.ts';
import { parseVersion } from '../../src/release/version.ts';

test('every release says all that is asked of it, in versions that can be compared, with its source', () => {
  for (const name of osReleaseNames()) {
    const { kernel, glibc, systemd, cloudInit, nginx, openssl, source } = osRelease(name)!;
    for (const version of [kernel, glibc, `${systemd}.0`, cloudInit, nginx.version, openssl])
      expect(parseVersion(version.split('.').slice(0, 3).join('.')), `${name}: ${version}`).toBeDefined();
    expect(source.length, name).toBeGreaterThan(0);
  }
});

test('the systems that images are built of are known', async () => {
  const { systems } = await import('../../src/platform/systems.ts');
  for (const { name, family } of systems) expect(osRelease(name), name).toMatchObject({ family });
});

test('a name is looked up as data, not as a property of an object', () => {
  expect(osRelease('constructor')).toBeUndefined();
  expect(facts('os-releases').releases['debian-12']).toBe(osRelease('debian-12'));
});

test.each([
  ['debian-11', '2.1.4', true],
  ['rocky-8', '2.0.0', true],
  ['centos-7', '1.6.39', false],
  ['ubuntu-22.04', '2.1.4', false],
  ['rocky-9', '2.1.4', false],
  [undefined, '2.1.4', false],
] as const)('containerd for %s %s: static %s', (os, version, expected) => {
  expect(needsStaticContainerd(os, version)).toBe(expected);
});

test('kernels are compared as numbers', () => {
  expect(osKernelIsOlder('debian-11', '5.13')).toBe(true);
  expect(osKernelIsOlder('ubuntu-22.04', '5.13')).toBe(false);
  expect(osKernelIsOlder(undefined, '5.13')).toBe(false);
});

test.each([
  ['1.18.20', 'debian-12', {}, ['pair-kubelet-cgroup']],
  ['1.19.16', 'debian-12', {}, []],
  ['1.18.20', 'rocky-8', {}, []],
  ['1.34.0', 'rocky-8', {}, []],
  ['1.35.0', 'rocky-8', {}, ['pair-kubelet-cgroup']],
  ['1.35.0', 'rocky-8', { toleratesCgroupV1: true }, []],
  ['1.36.2', undefined, {}, []],
] as const)('Kubernetes %s on %s %o', (kubernetes, os, more, codes) => {
  const pairs = checkPairs({
    kubernetes,
    runtime: 'containerd',
    proxyMode: 'iptables',
    ...more,
    ...(os === undefined ? {} : { os }),
  });
  expect(pairs.map(({ code }) => code)).toEqual(codes);
});
