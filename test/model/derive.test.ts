import { describe, expect, test } from 'vitest';
import { deriveCluster } from '../../src/model/derive.ts';
import { loadClusterFile } from '../../src/model/loading/load.ts';
import { clusterOf, clusterText } from '../support/cluster-text.ts';

describe('versions', () => {
  test('follow Kubernetes, and the user’s own override them', () => {
    const paired = clusterOf().versions;
    expect(paired).toMatchObject({ kubernetes: '1.36.3', etcd: expect.stringMatching(/^3\.6\./) });
    const own = clusterOf({ etcd: { version: '3.6.1' }, containerRuntime: { runcVersion: '1.2.0' } }).versions;
    expect(own).toEqual({ ...paired, etcd: '3.6.1', runc: '1.2.0' });
  });

  test('without facts stop the derivation, and each is reported at its place', () => {
    const text = clusterText({ etcd: { version: '2.0.0' }, network: { flannel: { version: '0.1.0' } } });
    const { file } = loadClusterFile(text, 'a').value!;
    const { value, diagnostics } = deriveCluster(file);
    expect(value).toBeUndefined();
    expect(diagnostics.map(({ path, code }) => [path, code])).toEqual([
      [['etcd', 'version'], 'version-unknown'],
      [['network', 'flannel', 'version'], 'version-unknown'],
    ]);
  });
});

describe('etcd members', () => {
  test('are the masters, unless there are dedicated nodes', () => {
    const masters = clusterOf();
    expect(masters.etcdMembers.map((node) => node.name)).toEqual(['prod-m1']);
    const dedicated = clusterOf({ nodes: { etcd: [{ address: '10.0.0.31' }] } });
    expect(dedicated.etcdMembers.map((node) => node.name)).toEqual(['prod-etcd1']);
    expect(dedicated.masters.map((node) => node.etcdMember)).toEqual([false]);
    expect(dedicated.nodes.filter((node) => node.etcdMember)).toEqual(dedicated.etcdMembers);
  });
});

describe('the address of the API', () => {
  test.each([
    [{ address: '10.0.0.10' }, 'https://10.0.0.10:6443', 'https://127.0.0.1:8443'],
    [{ name: 'api.example.com', port: 443 }, 'https://api.example.com:443', 'https://127.0.0.1:8443'],
    [
      { name: 'api.example.com', loadBalancer: { type: 'external' } },
      'https://api.example.com:6443',
      'https://10.0.0.10:6443',
    ],
    [
      { address: null, name: 'api.example.com', loadBalancer: { type: 'external' } },
      'https://api.example.com:6443',
      'https://api.example.com:6443',
    ],
  ])('%j', (apiEndpoint, publicUrl, nodeUrl) => {
    expect(clusterOf({ apiEndpoint })).toMatchObject({ publicUrl, nodeUrl });
  });
});

test('the service addresses follow from the service network', () => {
  expect(clusterOf({ network: { serviceCIDR: '10.254.0.0/16' } })).toMatchObject({
    serviceIP: '10.254.0.1',
    dnsIP: '10.254.0.10',
  });
  const own = clusterOf({ network: { serviceCIDR: '10.254.0.0/28', dnsServiceIP: '10.254.0.2' } });
  expect(own).toMatchObject({ serviceIP: '10.254.0.1', dnsIP: '10.254.0.2' });
});

describe('labels and taints', () => {
  test('a node’s own override its role’s, and the version names the role', () => {
    const taint = { key: 'gpu', effect: 'NoSchedule' };
    const cluster = clusterOf({
      roles: { worker: { labels: { tier: 'web', zone: 'a' }, taints: [{ ...taint, value: 'role' }] } },
      nodes: { workers: [{ address: '10.0.0.21', labels: { tier: 'db' }, taints: [{ ...taint, value: 'own' }] }] },
    });
    expect(cluster.workers[0]).toMatchObject({
      labels: { tier: 'db', zone: 'a' },
      taints: [{ ...taint, value: 'own' }],
    });
  });

  test.each([
    ['1.16.15', ['node-role.kubernetes.io/master']],
    ['1.36.3', ['node-role.kubernetes.io/control-plane']],
  ])('masters of %s are tainted %j', (version, keys) => {
    const taints = clusterOf({ kubernetes: { version } }).masters[0]?.taints ?? [];
    expect(taints.map((taint) => taint.key)).toEqual(keys);
  });

  test('schedulable masters have no taint', () => {
    expect(clusterOf({ roles: { master: { schedulable: true } } }).masters[0]?.taints).toEqual([]);
  });
});

describe('CNI', () => {
  test.each([
    ['1.20.15', 'docker', 'etcd', false],
    ['1.20.15', 'docker', 'kubernetes', true],
    ['1.20.15', 'containerd', 'etcd', true],
    ['1.24.17', 'docker', 'etcd', true],
  ])('%s with %s and flannel in %s: %s', (version, type, store, usesCni) => {
    const cluster = clusterOf({
      kubernetes: { version },
      containerRuntime: { type },
      network: { flannel: { store } },
    });
    expect(cluster.usesCni).toBe(usesCni);
  });
});

test('the architecture of a node may differ from the cluster’s', () => {
  const cluster = clusterOf({
    arch: 'arm64',
    nodes: { workers: [{ address: '10.0.0.21', arch: 'amd64' }] },
  });
  expect(cluster.nodes.map((node) => node.arch)).toEqual(['arm64', 'amd64']);
});
