import { expect, test } from 'vitest';
import { planNode } from '../../src/component/plan-node.ts';
import { loadCatalogue } from '../../src/mirror/catalogue/catalogue.ts';
import { withOwnArtifacts } from '../../src/mirror/catalogue/own-artifacts.ts';
import { resolveArtifacts } from '../../src/mirror/lock/resolve.ts';
import { clusterOf } from '../support/cluster-text.ts';

const sha256 = 'a'.repeat(64);
const one = (name: string, over: object) => ({
  name,
  version: '1.0.0',
  sha256,
  url: `https://example.com/${name}.tgz`,
  format: 'tar.gz',
  members: [{ from: `./bin/${name}`, to: `/usr/local/bin/${name}` }],
  ...over,
});
const cluster = clusterOf({
  nodes: {
    masters: [{ address: '10.0.0.11' }],
    workers: [{ address: '10.0.0.21' }, { address: '10.0.0.22', arch: 'arm64' }],
    pools: { gpu: {}, web: { arch: 'arm64' } },
  },
  artifacts: {
    mirrors: ['https://mirror.example.com'],
    upstreamHosts: { 'example.com': 'https://inside.example.com/all' },
    extra: [
      one('everywhere', {}),
      one('on-arm', { arch: 'arm64' }),
      one('on-masters', { roles: ['master'] }),
      one('on-gpu', { pools: ['gpu'] }),
      one('on-both', { roles: ['master'], pools: ['web'] }),
      one('on-workers', { roles: ['worker'] }),
    ],
  },
});
const own = cluster.spec.artifacts.extra;

function ownOn(node: (typeof cluster.nodes)[number]): string[] {
  const names = planNode(cluster, node).value?.artifacts.map((need) => need.name) ?? [];
  return names.filter((name) => own.some((entry) => entry.name === name));
}

test('each node gets those of its role, pool and architecture', () => {
  const [master, worker, arm] = cluster.nodes;
  expect(ownOn(master!)).toEqual(['everywhere', 'on-both', 'on-masters']);
  expect(ownOn(worker!)).toEqual(['everywhere', 'on-workers']);
  expect(ownOn(arm!)).toEqual(['everywhere', 'on-arm', 'on-workers']);
  expect(cluster.pools.map(ownOn)).toEqual([
    ['everywhere', 'on-gpu', 'on-workers'],
    ['everywhere', 'on-arm', 'on-both', 'on-workers'],
  ]);
});

test('it is resolved like knode’s own, at the stand-in of its host', () => {
  const need = { name: 'on-gpu', version: '1.0.0', arch: 'amd64' } as const;
  const replaceHosts = cluster.spec.artifacts.upstreamHosts;
  const catalogue = withOwnArtifacts(loadCatalogue(), own);
  const { value } = resolveArtifacts([need], catalogue, undefined, { unlocked: true, replaceHosts });
  expect(value?.get('on-gpu/1.0.0/amd64')).toEqual({
    ...need,
    algorithm: 'sha256',
    checksum: sha256,
    key: 'on-gpu/1.0.0/linux-amd64/on-gpu.tgz',
    url: 'https://inside.example.com/all/on-gpu.tgz',
    format: 'tar.gz',
    members: [{ from: 'bin/on-gpu', to: '/usr/local/bin/on-gpu', mode: '0755' }],
  });
});
