import { describe, expect, test } from 'vitest';
import { type ContainerdRelease, containerdRelease } from '../../src/release/program/containerd-release.ts';
import { type DockerRelease, dockerRelease } from '../../src/release/program/docker-release.ts';

function containerd(version: string): ContainerdRelease {
  const { value } = containerdRelease(version);
  if (!value) throw new Error(version);
  return value;
}

function docker(version: string): DockerRelease {
  const { value } = dockerRelease(version);
  if (!value) throw new Error(version);
  return value;
}

describe('containerd', () => {
  test.each([
    ['1.2.14', 'version-unknown'],
    ['3.0.0', 'version-unknown'],
    ['two', 'version-malformed'],
    ['2.9.0', 'version-newer-than-facts'],
  ])('%s: %s', (version, code) => {
    expect(containerdRelease(version).diagnostics).toMatchObject([{ code }]);
  });

  test.each([
    ['1.3.10', { config: 2, bin: 'bin_dir', hosts: false, cri: ['v1alpha2'] }],
    ['1.5.18', { config: 2, bin: 'bin_dir', hosts: true, cri: ['v1alpha2'] }],
    ['1.6.39', { config: 2, bin: 'bin_dir', hosts: true, cri: ['v1alpha2', 'v1'] }],
    ['1.7.34', { config: 2, bin: 'bin_dir', hosts: true, cri: ['v1alpha2', 'v1'] }],
    ['2.0.11', { config: 3, bin: 'bin_dir', hosts: true, cri: ['v1'] }],
    ['2.1.9', { config: 3, bin: 'bin_dirs', hosts: true, cri: ['v1'] }],
    ['2.2.7', { config: 3, bin: 'bin_dirs', hosts: true, cri: ['v1'] }],
    ['2.3.4', { config: 4, bin: 'bin_dirs', hosts: true, cri: ['v1'] }],
  ])('%s', (version, want) => {
    const release = containerd(version);
    expect({
      config: release.configVersion(),
      bin: release.cniBinDirKey(),
      hosts: release.hasRegistryConfigPath(),
      cri: release.criApis(),
    }).toEqual(want);
    expect(release.keys().cniBinDir.at(-1)).toBe(want.bin);
  });

  test('keys move between plugins with version 3', () => {
    expect(containerd('1.7.34').keys().sandboxImage).toEqual(['plugins', 'io.containerd.grpc.v1.cri', 'sandbox_image']);
    expect(containerd('2.1.9').keys().sandboxImage.join('/')).toBe(
      'plugins/io.containerd.cri.v1.images/pinned_images/sandbox',
    );
    expect(containerd('2.1.9').keys().systemdCgroup.join('/')).toBe(
      'plugins/io.containerd.cri.v1.runtime/containerd/runtimes/runc/options/SystemdCgroup',
    );
  });

  test('tables at the top became plugins with version 4', () => {
    expect(containerd('2.2.7').movedTables()).toEqual({});
    expect(containerd('2.3.4').movedTables().grpc).toBe('io.containerd.server.v1.grpc');
  });

  test.each([
    ['1.3.10', false],
    ['1.6.28', false],
    ['1.6.29', true],
    ['1.7.13', false],
    ['1.7.14', true],
    ['2.0.0', true],
  ])('%s keeps the sandbox image: %s', (version, want) => {
    expect(containerd(version).pinsSandbox()).toBe(want);
  });

  test.each([
    ['1.6.14', '1.26', '1.6.15'],
    ['1.6.15', '1.26', undefined],
    ['1.5.18', '1.26', '1.6.15'],
    ['2.0.0', '1.26', undefined],
    ['1.7.12', '1.30', '1.7.13'],
    ['2.0.0', '1.32', '2.0.1'],
    ['2.2.0', '1.35', undefined],
    ['1.6.39', '1.36', '1.7.0'],
    ['1.3.10', '1.18', undefined],
    ['1.3.10', '1.19', '1.4.0'],
  ])('%s with Kubernetes %s wants %s', (version, kubernetes, want) => {
    expect(containerd(version).olderThanPaired(kubernetes)).toBe(want);
  });
});

describe('docker', () => {
  test.each([
    ['18.09.9', 'version-unknown'],
    ['29.0.0', 'version-newer-than-facts'],
    ['nineteen', 'version-malformed'],
  ])('%s: %s', (version, code) => {
    expect(dockerRelease(version).diagnostics).toMatchObject([{ code }]);
  });

  test('cgroup v2 from 20.10', () => {
    expect(docker('19.03.15').hasCgroupV2()).toBe(false);
    expect(docker('20.10.0').hasCgroupV2()).toBe(true);
  });

  test('keys of daemon.json', () => {
    expect(docker('19.03.1').checkDaemonKeys(['bip', 'ip6tables', 'graph', 'exec-optz'])).toEqual([
      { key: 'ip6tables', problem: 'not-yet', since: '20.10', until: '26.1' },
      { key: 'exec-optz', problem: 'unrecorded', nearest: 'exec-opts' },
    ]);
    expect(docker('20.10.24').checkDaemonKeys(['ip6tables', 'graph'])).toEqual([]);
    expect(docker('23.0.1').checkDaemonKeys(['graph'])).toEqual([
      { key: 'graph', problem: 'removed', since: '19.03', until: '20.10' },
    ]);
  });
});
