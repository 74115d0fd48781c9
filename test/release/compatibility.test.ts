import { describe, expect, test } from 'vitest';
import { checkPairs } from '../../src/release/compatibility.ts';
import { knownMinors } from '../../src/release/minors.ts';
import type { Pairs } from '../../src/release/pairing.ts';
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

test('each message names a way out', () => {
  const [pairing] = checkPairs({ ...sound, kubernetes: '1.28.0', proxyMode: 'nftables' });
  expect(pairing?.which).toBe('proxyMode');
  expect(pairing?.hint).toBe('choose iptables or ipvs, or Kubernetes 1.29 or newer');
  const [cri] = checkPairs({ ...sound, kubernetes: '1.26.0', containerd: '1.5.18' });
  expect(cri?.message).toBe('kubelet 1.26.0 speaks CRI v1, which containerd 1.5.18 does not');
  expect(cri?.hint).toBe('choose containerd 1.7.34');
});

test('versions without facts are left to their own check', () => {
  expect(checkPairs({ ...sound, kubernetes: '1.99.0' })).toEqual([]);
  expect(codes({ etcd: 'x', flannel: 'y', flannelStore: 'etcd', containerd: '0.1.0', kernel: '?' })).toEqual([]);
});
