import { parse } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import { planNode } from '../../src/component/plan-node.ts';
import { clusterOf } from '../support/cluster-text.ts';
import { contentOf, renderUnlocked } from '../support/render-unlocked.ts';

const registryMirrors = { 'docker.io': ['https://mirror.example.com'] };

function workerOf(kubernetes: string, version: string, mirrors: object = registryMirrors) {
  const containerd = { version, registryMirrors: mirrors };
  const cluster = clusterOf({ kubernetes: { version: kubernetes }, containerRuntime: { containerd } });
  const node = renderUnlocked(cluster, cluster.workers[0]!);
  const config = parse(contentOf(node, '/etc/containerd/config.toml') ?? '') as {
    plugins: Record<string, { registry: object }>;
  };
  return { config, hosts: contentOf(node, '/etc/containerd/certs.d/docker.io/hosts.toml') };
}

describe('mirrors of a registry', () => {
  test('are in files of their own', () => {
    const { config, hosts } = workerOf('1.25.13', '1.5.18');
    expect(config.plugins['io.containerd.grpc.v1.cri']?.registry).toEqual({ config_path: '/etc/containerd/certs.d' });
    expect(hosts).toContain('[host."https://mirror.example.com"]');
  });

  test('stand in config.toml before containerd 1.5', () => {
    const { config, hosts } = workerOf('1.18.15', '1.4.13');
    const mirrors = { 'docker.io': { endpoint: ['https://mirror.example.com'] } };
    expect(config.plugins['io.containerd.grpc.v1.cri']?.registry).toEqual({ mirrors });
    expect(hosts).toBeUndefined();
    expect(workerOf('1.18.15', '1.4.13', {}).config.plugins['io.containerd.grpc.v1.cri']?.registry).toEqual({});
  });
});

test('a system with an old glibc gets the static archive, and kube-proxy the mode that its kernel has', () => {
  const cluster = clusterOf({ kubernetes: { version: '1.36.3' }, os: { family: 'rhel', release: 'rocky-8' } });
  const plan = planNode(cluster, cluster.workers[0]!).value!;
  expect(plan.artifacts.map(({ name }) => name)).toContain('containerd-static');
  expect(plan.artifacts.map(({ name }) => name)).not.toContain('containerd');
  expect(cluster.proxyMode).toBe('iptables');
  const newer = clusterOf({ kubernetes: { version: '1.36.3' }, os: { family: 'rhel', release: 'rocky-9' } });
  expect(planNode(newer, newer.workers[0]!).value!.artifacts.map(({ name }) => name)).toContain('containerd');
});
