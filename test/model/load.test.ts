import { describe, expect, test } from 'vitest';
import { decodeClusterFile, loadClusterFile, maxClusterFileBytes } from '../../src/model/loading/load.ts';
import { clusterText } from '../support/cluster-text.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('decoding', () => {
  test('UTF-8, with and without a byte order mark', () => {
    expect(decodeClusterFile(bytes('name: größe'), 'a.yaml')).toEqual({ value: 'name: größe', diagnostics: [] });
    expect(decodeClusterFile(new Uint8Array([0xef, 0xbb, 0xbf, 0x61]), 'a.yaml').value).toBe('a');
  });

  test.each([
    ['Latin-1', [0x6e, 0xf6]],
    ['UTF-16', [0xff, 0xfe, 0x61, 0x00]],
    ['half a character', [0x61, 0xe2, 0x82]],
  ])('%s is refused', (_, content) => {
    const { value, diagnostics } = decodeClusterFile(new Uint8Array(content), 'a.yaml');
    expect(value).toBeUndefined();
    expect(diagnostics).toMatchObject([{ code: 'not-utf8', span: { file: 'a.yaml', line: 1, column: 1 } }]);
  });

  test('one byte over the limit is refused', () => {
    expect(decodeClusterFile(new Uint8Array(maxClusterFileBytes).fill(0x20), 'a').value).toHaveLength(
      maxClusterFileBytes,
    );
    const { diagnostics } = decodeClusterFile(new Uint8Array(maxClusterFileBytes + 1), 'a');
    expect(diagnostics).toMatchObject([{ code: 'file-too-large', message: expect.stringContaining('1048577') }]);
  });
});

describe('loading', () => {
  test('a small file is valid and has its defaults', () => {
    const { value, diagnostics } = loadClusterFile(clusterText(), 'cluster.yaml');
    expect(diagnostics).toEqual([]);
    expect(value?.file).toMatchObject({
      arch: 'amd64',
      network: { podCIDR: '10.244.0.0/16', flannel: { backend: { Type: 'vxlan' } } },
      kubernetes: { apiServer: { anonymousAuth: false, port: 6443 } },
      pki: { algorithm: 'ecdsa-p256' },
    });
  });

  test('two loads share nothing that could be changed', () => {
    const [one, other] = [loadClusterFile(clusterText(), 'a').value, loadClusterFile(clusterText(), 'a').value];
    (one?.file.kubernetes.kubelet.evictionHard as Record<string, string>).x = '1Gi';
    one?.file.nodes.etcd.push({ address: '1.2.3.4', labels: {}, taints: [] });
    expect(other?.file.kubernetes.kubelet.evictionHard).not.toHaveProperty('x');
    expect(loadClusterFile(clusterText(), 'a').value?.file.nodes.etcd).toEqual([]);
  });

  test('JSON is YAML', () => {
    const text = JSON.stringify({
      apiVersion: 'knode.dev/v1',
      kind: 'Cluster',
      name: 'prod',
      kubernetes: { version: '1.36.3' },
      apiEndpoint: { address: '10.0.0.10' },
      nodes: { masters: [{ address: '10.0.0.11' }] },
    });
    expect(loadClusterFile(text, 'a').diagnostics).toEqual([]);
  });

  test('anchors and aliases may be used', () => {
    const text = clusterText().replace('10.0.0.10', '&vip 10.0.0.10').replace('10.0.0.11', '*vip');
    expect(loadClusterFile(text, 'a').value?.file.nodes.controlPlane).toMatchObject([{ address: '10.0.0.10' }]);
  });

  test.each(['yes', 'no', 'on', 'off', '~x', '0o17', '1e3', '12:30:45'])(
    'a name of %s is a text: YAML 1.2 has no such keywords',
    (word) => {
      const text = clusterText({ etcd: { clusterToken: 'TOKEN' } }).replace('TOKEN', `'${word}'`);
      expect(loadClusterFile(text, 'a').value?.file.etcd.clusterToken).toBe(word);
    },
  );

  test('every mistake is reported, in the order of the file', () => {
    const text = clusterText({ name: 'No_Good', network: { podCIDR: 'x', nodePortRange: 'y' }, nonsense: 1 });
    const { diagnostics } = loadClusterFile(text, 'a');
    expect(diagnostics.map((one) => one.code)).toEqual([
      'not-dns-1123',
      'invalid-cidr',
      'invalid-port-range',
      'unknown-key',
    ]);
    const starts = diagnostics.map((one) => one.span?.start ?? -1);
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
  });

  test.each([
    ['a million brackets', '['.repeat(1_000_000)],
    ['deep mappings', Array.from({ length: 2000 }, (_, i) => `${' '.repeat(i)}a:\n`).join('')],
    ['NUL', 'name: a\0b\n'],
    ['a lone surrogate', 'name: "\\ud800"\n'],
    ['only dashes', '---\n---\n---\n'],
    ['a tag that runs code elsewhere', 'name: !!js/function "function () {}"\n'],
    ['a document end', '...\n'],
  ])('%s gives a diagnostic, not an exception', (_, text) => {
    const { value, diagnostics } = loadClusterFile(text, 'a');
    expect(value).toBeUndefined();
    expect(diagnostics.length).toBeGreaterThan(0);
  });

  test('no key reaches a prototype', () => {
    loadClusterFile(`${clusterText()}__proto__: { polluted: yes }\n`, 'a');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
