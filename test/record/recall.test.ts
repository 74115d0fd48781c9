import { expect, test } from 'vitest';
import { EnvironmentFailure } from '../../src/base/failure.ts';
import type { Cluster } from '../../src/model/cluster.ts';
import { fixedFields, pathOf } from '../../src/record/fixed-fields.ts';
import { formatMemory, type Memory, nothingKnown, parseMemory } from '../../src/record/memory.ts';
import { allowableChanges, recall } from '../../src/record/recall.ts';
import { clusterOf } from '../support/cluster-text.ts';

const three = [11, 12, 13].map((last) => ({ name: `m${last - 10}`, address: `10.0.0.${last}` }));

function cluster(over: Record<string, unknown> = {}): Cluster {
  return clusterOf({ nodes: { masters: three }, ...over });
}

function after(first: Cluster): Memory {
  return recall(nothingKnown, first, []).memory;
}

/** `code path` of each diagnostic. */
function told(memory: Memory, next: Cluster, allowed: readonly string[] = []): string[] {
  return recall(memory, next, allowed).diagnostics.map(({ code, path = [] }) => `${code} ${path.join('.')}`);
}

test('a state without a memory learns silently', () => {
  expect(told(nothingKnown, cluster())).toEqual([]);
  expect(Object.keys(after(cluster()).fields)).toContain('network.podCIDR');
});

test('the same file is not a change, and gives the same text', () => {
  const memory = after(cluster());
  const again = recall(memory, cluster(), []);
  expect(again.diagnostics).toEqual([]);
  expect(formatMemory(again.memory)).toBe(formatMemory(memory));
  expect(parseMemory(formatMemory(memory))).toEqual(memory);
});

test('the memory of a newer knode is refused', () => {
  expect(() => parseMemory('{"version": 2}')).toThrow(EnvironmentFailure);
});

test.each([
  ['network.podCIDR', { network: { podCIDR: '10.240.0.0/16' } }],
  ['network.serviceCIDR', { network: { serviceCIDR: '10.97.0.0/16' } }],
  ['network.dnsServiceIP', { network: { dnsServiceIP: '10.96.0.53' } }],
  ['network.dnsDomain', { network: { dnsDomain: 'k8s.example.com' } }],
  ['network.provider', { network: { provider: 'external' } }],
  ['network.flannel.store', { network: { flannel: { store: 'etcd' } } }],
  ['network.flannel.backend', { network: { flannel: { backend: { Type: 'host-gw' } } } }],
  ['kubernetes.apiServer.etcdPrefix', { kubernetes: { apiServer: { etcdPrefix: '/other' } } }],
  ['kubernetes.apiServer.port', { kubernetes: { apiServer: { port: 7443 } } }],
  [
    'kubernetes.apiServer.serviceAccountIssuer',
    { kubernetes: { apiServer: { serviceAccountIssuer: 'https://id.example.com' } } },
  ],
  [
    'kubernetes.apiServer.serviceAccountIssuer',
    { kubernetes: { apiServer: { extraArgs: { 'service-account-issuer': 'https://id.example.com' } } } },
  ],
  ['etcd.clusterToken', { etcd: { clusterToken: 'other' } }],
  ['etcd.clientPort', { etcd: { clientPort: 4001 } }],
  ['etcd.peerPort', { etcd: { peerPort: 7001 } }],
  ['nodes.etcd', { nodes: { masters: three, etcd: [{ address: '10.0.0.41' }] } }],
])('%s: a change is refused at its place, and accepted if it is allowed by name', (name, over) => {
  const memory = after(cluster());
  expect(told(memory, cluster(over))).toEqual([`fixed-field ${name}`]);
  const allowed = recall(memory, cluster(over), [name]);
  expect(allowed.diagnostics).toEqual([]);
  expect(allowed.allowed.map(({ field }) => field.name)).toContain(name);
  expect(told(allowed.memory, cluster(over))).toEqual([]);
});

test.each([
  ['network.flannel.etcdPrefix', { etcdPrefix: '/other' }],
  ['network.flannel.subnetLength', { subnetLength: 25 }],
])('%s: applies if flannel uses it', (name, flannel) => {
  const inEtcd = after(cluster({ network: { flannel: { store: 'etcd' } } }));
  expect(told(inEtcd, cluster({ network: { flannel: { store: 'etcd', ...flannel } } }))).toEqual([
    `fixed-field ${name}`,
  ]);
  expect(told(after(cluster()), cluster({ network: { flannel } }))).toEqual([]);
});

test('the order of keys in a back end is not a change', () => {
  const backend = (value: object) => cluster({ network: { flannel: { backend: value } } });
  expect(told(after(backend({ Type: 'vxlan', VNI: 2 })), backend({ VNI: 2, Type: 'vxlan' }))).toEqual([]);
});

test('several changes are all reported, and allowing one leaves the others refused', () => {
  const next = cluster({ network: { podCIDR: '10.240.0.0/16', dnsDomain: 'other.local' } });
  const memory = after(cluster());
  expect(told(memory, next)).toEqual(['fixed-field network.podCIDR', 'fixed-field network.dnsDomain']);
  expect(told(memory, next, ['network.dnsDomain'])).toEqual(['fixed-field network.podCIDR']);
});

test('consequences of an allowed change are listed as changes', () => {
  const next = cluster({ network: { dnsDomain: 'other.local' } });
  const { allowed } = recall(after(cluster()), next, ['network.dnsDomain']);
  expect(allowed.map(({ field }) => field.name)).toEqual([
    'network.dnsDomain',
    'kubernetes.apiServer.serviceAccountIssuer',
  ]);
});

test.each([
  ['1.30.13', '1.30.12', []],
  ['1.30.12', '1.31.13', []],
  ['1.33.13', '1.34.11', []],
  ['1.30.13', '1.29.12', ['fixed-field kubernetes.version']],
  ['1.30.13', '1.32.13', ['fixed-field kubernetes.version']],
  ['1.16.9', '1.36.4', ['fixed-field kubernetes.version']],
])('Kubernetes %s to %s', (from, to, expected) => {
  const at = (version: string) => cluster({ kubernetes: { version } });
  expect(told(after(at(from)), at(to))).toEqual(expected);
});

test('a minor of etcd in the file is judged separately', () => {
  const at = (version: string) => cluster({ kubernetes: { version: '1.33.13' }, etcd: { version } });
  expect(told(after(at('3.5.33')), at('3.4.13'))).toEqual(['fixed-field etcd.version']);
});

test('an unknown name to allow is an error with the nearest name', () => {
  const [found] = recall(nothingKnown, cluster(), ['network.podCIRD']).diagnostics;
  expect(found).toMatchObject({ severity: 'error', code: 'unknown-change', hint: "did you mean 'network.podCIDR'?" });
});

test('every fixed field can be allowed, and its place exists in the file', () => {
  for (const field of fixedFields) {
    expect(allowableChanges).toContain(field.name);
    expect(pathOf(field).join('.')).toBe(field.name);
  }
});

test('nodes without names keep them if the first is removed', () => {
  const nodes = (...last: number[]) =>
    cluster({
      nodes: { masters: last.map((one) => ({ address: `10.0.0.${one}` })), workers: [{ address: '10.0.0.31' }] },
    });
  const memory = after(nodes(11, 12, 13));
  expect(told(memory, nodes(12, 13, 14))).toEqual([
    'node-renamed nodes.controlPlane.0',
    'node-renamed nodes.controlPlane.1',
  ]);
  expect(told(memory, nodes(11, 12, 13, 14))).toEqual([]);
  const [first] = recall(memory, nodes(12, 13, 14), []).diagnostics;
  expect(first?.hint).toContain('{ name: prod-m2, address: 10.0.0.12 }');
  expect(told(memory, nodes(12, 13, 14), ['node-names'])).toEqual([]);
});

test('setting a node’s existing name is not a change, and a removed node keeps its name', () => {
  const memory = after(cluster({ nodes: { masters: [{ address: '10.0.0.11' }, { address: '10.0.0.12' }, three[2]] } }));
  const named = cluster({ nodes: { masters: [{ name: 'prod-m2', address: '10.0.0.12' }] } });
  const later = recall(memory, named, []);
  expect(later.diagnostics).toEqual([]);
  expect(later.memory.names).toEqual(memory.names);
});

test('the generation counts changes of the manifests’ inputs, and no others', () => {
  const first = recall(nothingKnown, cluster(), [], 'a');
  expect(first.cluster.generation).toBe(1);
  const worker = cluster({ nodes: { masters: three, workers: [{ address: '10.0.0.21' }, { address: '10.0.0.22' }] } });
  expect(recall(first.memory, worker, [], 'a').cluster.generation).toBe(1);
  expect(recall(first.memory, cluster(), [], 'b').cluster.generation).toBe(2);
  const other = recall(first.memory, cluster({ addons: { coreDNS: { replicas: 3 } } }), [], 'a');
  expect(other.cluster.generation).toBe(2);
  expect(recall(other.memory, cluster(), [], 'a').cluster.generation).toBe(3);
});
