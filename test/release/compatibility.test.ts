import { describe, expect, test } from 'vitest';
import { checkPairs } from '../../src/release/compatibility.ts';
import { knownMinors } from '../../src/release/minors.ts';
import type { Pairs } from '../../src/release/pairing.ts';
import { etcdRelease } from '../../src/release/program/etcd-release.ts';
import { kubernetesRelease } from '../../src/release/program/kubernetes-release.ts';
import { release } from './releases.ts';

const sound: Pairs = { kubernetes: '1.30.1', runtime: 'containerd', containerd: '1.7.34', proxyMode: 'iptables' };

function codes(pairs: Partial<Pairs>): readonly string[] {
  return checkPairs({ ...sound, ...pairs }).map(({ severity, code }) => `${severity} ${code}`);
}

describe('the defaults of every minor go together', () => {
  test.each(knownMinors())('%s', (minor) => {
    const { etcd, flannel, containerd, docker, criDockerd } = release(minor).defaults();
    const common = { kubernetes: minor, etcd, flannel, flannelStore: 'etcd', proxyMode: 'iptables' } as const;
    expect(checkPairs({ ...common, runtime: 'containerd', containerd })).toEqual([]);
    expect(checkPairs({ ...common, runtime: 'docker', docker, criDockerd })).toEqual([]);
  });
});

test('flannel and the API of etcd', () => {
  expect(codes({ flannel: '0.17.0', flannelStore: 'etcd', etcd: '3.6.8' })).toEqual(['error pair-flannel-etcd-api']);
  expect(codes({ flannel: '0.17.0', flannelStore: 'kubernetes', etcd: '3.6.8' })).toEqual([]);
  expect(codes({ flannel: '0.18.0', flannelStore: 'etcd', etcd: '3.6.8' })).toEqual([]);
  expect(codes({ flannel: '0.17.0', flannelStore: 'etcd', etcd: '3.5.33' })).toEqual([]);
});

test('etcd', () => {
  expect(codes({ etcd: '3.5.2' })).toEqual(['error pair-etcd-corruption']);
  expect(codes({ etcd: '3.5.3' })).toEqual([]);
  expect(codes({ kubernetes: '1.35.0', containerd: '2.2.7', etcd: '3.5.33' })).toEqual([]);
  expect(codes({ kubernetes: '1.36.0', containerd: '2.3.4', etcd: '3.5.33' })).toEqual(['warning pair-etcd-old']);
  expect(codes({ kubernetes: '1.16.0', etcd: '3.6.8' })).toEqual([]);
});

test('containerd', () => {
  expect(codes({ kubernetes: '1.25.0', containerd: '1.5.18' })).toEqual([]);
  expect(codes({ kubernetes: '1.26.0', containerd: '1.5.18' })).toEqual(['error pair-containerd-cri']);
  expect(codes({ kubernetes: '1.22.0', containerd: '2.1.9' })).toEqual(['error pair-containerd-cri']);
  expect(codes({ kubernetes: '1.23.0', containerd: '2.1.9' })).toEqual([]);
  expect(codes({ kubernetes: '1.30.0', containerd: '1.7.12' })).toEqual(['warning pair-containerd-old']);
  expect(codes({ kubernetes: '1.36.0', containerd: '1.7.34' })).toEqual(['warning pair-containerd-1']);
  expect(codes({ kubernetes: '1.26.0', runtime: 'docker', containerd: '1.5.18', docker: '20.10.24' })).toEqual([]);
});

test('docker and cgroup v2', () => {
  const { kubernetes, runtime } = { kubernetes: '1.35.0', runtime: 'docker' as const };
  expect(codes({ kubernetes, runtime, docker: '19.03.15' })).toEqual(['error pair-docker-cgroup']);
  expect(codes({ kubernetes, runtime, docker: '20.10.24' })).toEqual([]);
  expect(codes({ kubernetes: '1.34.0', runtime, docker: '19.03.15' })).toEqual([]);
});

test('cri-dockerd', () => {
  const docker = { runtime: 'docker', docker: '20.10.24' } as const;
  const old = { ...docker, criDockerd: '0.2.6' };
  expect(codes({ ...old, kubernetes: '1.26.0' })).toEqual(['error pair-cri-dockerd-cri']);
  expect(codes({ ...old, kubernetes: '1.25.0' })).toEqual([]);
  expect(codes({ ...docker, criDockerd: '0.3.0', kubernetes: '1.26.0' })).toEqual([]);
  for (const criDockerd of ['0.4.0', '0.4.1']) {
    expect(codes({ ...docker, criDockerd, kubernetes: '1.28.0' })).toEqual(['error pair-cri-dockerd-docker']);
    expect(codes({ ...docker, docker: '23.0.6', criDockerd, kubernetes: '1.28.0' })).toEqual([]);
    expect(codes({ ...docker, criDockerd, kubernetes: '1.23.0' })).toEqual([]);
  }
  for (const criDockerd of ['0.3.25', '0.4.2', '0.4.3'])
    expect(codes({ ...docker, criDockerd, kubernetes: '1.28.0' })).toEqual([]);
  // Without docker, or with dockershim, nobody asks for it.
  expect(codes({ criDockerd: '0.2.6', kubernetes: '1.26.0' })).toEqual([]);
  expect(codes({ ...old, kubernetes: '1.23.0' })).toEqual([]);
});

test('modes of kube-proxy', () => {
  expect(codes({ kubernetes: '1.34.0', containerd: '2.2.7', proxyMode: 'ipvs' })).toEqual([]);
  expect(codes({ kubernetes: '1.35.0', containerd: '2.2.7', proxyMode: 'ipvs' })).toEqual([
    'warning pair-proxy-mode-deprecated',
  ]);
  expect(codes({ kubernetes: '1.28.0', proxyMode: 'nftables' })).toEqual(['error pair-proxy-mode']);
  expect(codes({ kubernetes: '1.29.0', proxyMode: 'nftables' })).toEqual(['warning pair-proxy-mode-alpha']);
  expect(codes({ kubernetes: '1.31.0', proxyMode: 'nftables' })).toEqual([]);
  expect(codes({ kubernetes: '1.31.0', proxyMode: 'nftables', kernel: '5.10.0-28-amd64' })).toEqual([
    'error pair-proxy-mode-kernel',
  ]);
  expect(codes({ kubernetes: '1.31.0', proxyMode: 'nftables', kernel: '6.1' })).toEqual([]);
});

test('each message names a remedy', () => {
  const [pairing] = checkPairs({ ...sound, kubernetes: '1.28.0', proxyMode: 'nftables' });
  expect(pairing?.which).toBe('proxyMode');
  expect(pairing?.hint).toBe('choose iptables or ipvs, or Kubernetes 1.29 or newer');
  const [cri] = checkPairs({ ...sound, kubernetes: '1.26.0', containerd: '1.5.18' });
  expect(cri?.message).toBe('kubelet 1.26.0 speaks CRI v1, which containerd 1.5.18 does not');
  expect(cri?.hint).toBe('choose containerd 1.7.34, or Kubernetes 1.25');
  const [late] = checkPairs({ ...sound, kubernetes: '1.22.0', containerd: '2.1.9' });
  expect(late?.hint).toBe('choose containerd 1.6.39, or Kubernetes 1.23');
  const docker = { kubernetes: '1.36.0', runtime: 'docker', proxyMode: 'iptables', docker: '19.03.1' } as const;
  expect(checkPairs(docker)[0]?.hint).toBe('choose docker 20.10.24 or newer, or Kubernetes 1.34');
  const [shim] = checkPairs({ ...docker, kubernetes: '1.28.1', criDockerd: '0.2.6' });
  expect(shim?.which).toBe('criDockerd');
  expect(shim?.hint).toBe('choose cri-dockerd 0.3.0 or newer, or Kubernetes 1.25');
});

/** All pairs: if one is refused, the hint names a choice that works. */
test('every refusal has a remedy', () => {
  const containerds = ['1.3.10', '1.4.13', '1.5.18', '1.6.39', '1.7.34', '2.0.7', '2.1.9', '2.3.4'];
  const etcds = ['3.3.15', '3.4.34', '3.5.2', '3.5.33', '3.6.14'];
  for (const minor of knownMinors()) {
    const found = [
      ...containerds.flatMap((one) => checkPairs({ ...sound, kubernetes: minor, containerd: one })),
      ...['19.03.15', '20.10.24', '26.1.5'].flatMap((docker) =>
        checkPairs({ ...sound, kubernetes: minor, runtime: 'docker', docker, criDockerd: '0.2.6' }),
      ),
      ...['iptables', 'ipvs', 'nftables'].flatMap((mode) =>
        checkPairs({ ...sound, kubernetes: minor, proxyMode: mode }),
      ),
      ...etcds.flatMap((etcd) =>
        ['0.11.0', '0.17.0', '0.18.0', '0.28.9'].flatMap((flannel) =>
          checkPairs({ ...sound, kubernetes: minor, etcd, flannel, flannelStore: 'etcd' }),
        ),
      ),
    ];
    for (const { message, hint } of found) expect(hint, `${minor}: ${message}`).toMatch(/^choose \S+/);
  }
});

test('a version beyond the facts is reported with the range and a remedy', () => {
  const [beyond] = kubernetesRelease('1.99.0').diagnostics;
  const last = knownMinors().at(-1);
  expect(beyond?.message).toBe(`knode has facts for Kubernetes 1.16 to ${last}, not for 1.99.0`);
  expect(beyond?.hint).toBe(`choose a version from 1.16 to ${last}, or use a newer knode`);
  expect(kubernetesRelease('1.15.0').diagnostics[0]?.hint).toBe(`choose a version from 1.16 to ${last}`);
  expect(etcdRelease('3.7.0').diagnostics[0]?.hint).toBe('choose a version from 3.3 to 3.6, or use a newer knode');
});

test('versions without facts are left to their own check', () => {
  expect(checkPairs({ ...sound, kubernetes: '1.99.0' })).toEqual([]);
  expect(codes({ etcd: 'x', flannel: 'y', flannelStore: 'etcd', containerd: '0.1.0', kernel: '?' })).toEqual([]);
});
