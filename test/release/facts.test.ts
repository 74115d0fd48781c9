import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { packagePath } from '../../src/base/files/package-root.ts';
import { facts } from '../../src/release/facts.ts';
import { type KubernetesProgram, knownFlag } from '../../src/release/flags.ts';
import { knownMinors } from '../../src/release/minors.ts';
import { etcdRelease } from '../../src/release/program/etcd-release.ts';
import { flannelRelease } from '../../src/release/program/flannel-release.ts';
import { atLeast, isFullVersion, minorOf } from '../../src/release/version.ts';
import { flagsOf } from '../oracle/oracle.ts';
import { release } from './releases.ts';

const programs = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet', 'kube-proxy'] as const;

test('there are facts from 1.16 on, without a gap', () => {
  const minors = knownMinors();
  expect(minors.length).toBeGreaterThanOrEqual(21);
  expect(minors).toEqual(minors.map((_, i) => `1.${16 + i}`));
});

describe('the index of flags agrees with the per-minor files of the oracle', () => {
  test.each(programs)('%s', (program: KubernetesProgram) => {
    const index = Object.keys(facts('kubernetes-flags')[program] ?? {});
    for (const minor of knownMinors()) {
      const ours = index.filter((flag) => knownFlag(program, minor, flag).known).sort();
      const theirs = flagsOf(program, minor);
      expect(ours).toEqual([...theirs.keys()].sort());
      const deprecated = index.filter((flag) => knownFlag(program, minor, flag).deprecated).sort();
      expect(deprecated).toEqual([...theirs].flatMap(([flag, fact]) => (fact.deprecated ? [flag] : [])).sort());
    }
  });
});

describe('the versions that go with a minor', () => {
  test.each(knownMinors())('%s', (minor) => {
    const defaults = release(minor).defaults();
    const { kubernetes, pause, coredns, etcd, cniPlugins, crictl, containerd, runc, flannel, docker, criDockerd } =
      defaults;
    for (const version of [
      kubernetes,
      coredns,
      etcd,
      cniPlugins,
      crictl,
      containerd,
      runc,
      flannel,
      docker,
      criDockerd,
    ]) {
      expect(isFullVersion(version), version).toBe(true);
    }
    expect(pause).toMatch(/^3\.\d+(\.\d+)?$/);
    expect([minorOf(kubernetes), minorOf(crictl)]).toEqual([minor, minor]);
    expect(etcdRelease(etcd).diagnostics).toEqual([]);
    expect(etcdRelease(etcd).value?.hasCorruptionBug()).toBe(false);
    expect(minorOf(etcd)).toBe(
      atLeast(minor, '1.34') ? '3.6' : atLeast(minor, '1.22') ? '3.5' : minor === '1.16' ? '3.3' : '3.4',
    );
    expect(flannelRelease(flannel).diagnostics).toEqual([]);
  });
});

test('no flag of etcd was removed and added again', () => {
  const minors = Object.keys(facts('etcd').versions);
  for (const [flag, { in: known }] of Object.entries(facts('etcd').flags)) {
    const from = minors.indexOf(known[0] ?? '');
    expect(known, flag).toEqual(minors.slice(from, from + known.length));
  }
});

test('shipped files contain no path of the machine that made them', () => {
  for (const file of readdirSync(packagePath('facts'))) {
    expect(readFileSync(packagePath('facts', file), 'utf8')).not.toMatch(/\/home\/|\.\.\//);
  }
});
