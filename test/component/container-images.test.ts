import { describe, expect, it } from 'vitest';
import type { NodePlan } from '../../src/component/plan.ts';
import { planNode } from '../../src/component/plan-node.ts';
import { readCluster } from '../../src/component/read-cluster.ts';
import { loadCatalogue } from '../../src/mirror/catalogue/catalogue.ts';
import { upstreamFile } from '../../src/mirror/catalogue/upstream-file.ts';
import { knownMinors } from '../../src/release/minors.ts';

const image = '/usr/local/lib/knode/images';

function plans(version: string, more = ''): NodePlan[] {
  const text = `apiVersion: knode.dev/v1
kind: Cluster
name: test
kubernetes: { version: ${version} }
apiEndpoint: { address: 10.0.0.10 }
nodes:
  masters: [{ address: 10.0.0.11 }]
  workers: [{ address: 10.0.0.12, arch: arm64 }]
  etcd: [{ address: 10.0.0.13 }]
  pools: { spare: {} }
${more || 'artifacts: { images: mirror, mirrors: [https://mirror.example.com] }'}
`;
  const { value, diagnostics } = readCluster(text, 'cluster.yaml');
  if (value === undefined) throw new Error(JSON.stringify(diagnostics));
  const { cluster } = value;
  return [...cluster.nodes, ...cluster.pools].map((node) => {
    const { value: plan } = planNode(cluster, node);
    if (plan === undefined) throw new Error(`no plan of ${node.name}`);
    return plan;
  });
}

function imagesOf(plan: NodePlan | undefined) {
  return plan?.artifacts.filter((need) => need.image !== undefined);
}

const has = (plan: NodePlan) => plan.files.some(({ path }) => path === image);

describe('images from a mirror', () => {
  it('are artifacts of the nodes that run pods, under the requested names', () => {
    const [master, worker, etcd, pool] = plans('1.36.3');
    expect(imagesOf(worker)).toEqual([
      { name: 'coredns', version: '1.14.2', arch: 'arm64', image: 'registry.k8s.io/coredns/coredns:v1.14.2' },
      { name: 'pause', version: '3.10.2', arch: 'arm64', image: 'registry.k8s.io/pause:3.10.2' },
    ]);
    expect(imagesOf(master)).toHaveLength(2);
    expect(imagesOf(pool)).toHaveLength(2);
    expect(imagesOf(etcd)).toEqual([]);
    expect([master, worker, etcd, pool].map((plan) => plan && has(plan))).toEqual([true, true, false, true]);
  });

  it('are those that the cluster file names', () => {
    const more = `addons: { coreDNS: { enabled: false } }
artifacts: { images: mirror, mirrors: [https://mirror.example.com] }`;
    const [master] = plans('1.20.14, pauseImage: "registry.example.com:5000/own/pause:v7"', more);
    expect(imagesOf(master)).toEqual([
      { name: 'pause', version: '7', arch: 'amd64', image: 'registry.example.com:5000/own/pause:v7' },
    ]);
  });

  it.each(knownMinors())('of Kubernetes %s are in the catalogue’s places, except for old CoreDNS', (minor) => {
    const [master] = plans(`${minor}.0`);
    for (const need of imagesOf(master) ?? []) {
      const { image: asked, ...bare } = need;
      const old = need.name === 'coredns' && /^1\.[0-7]\./.test(need.version);
      const url = old ? `docker://registry.k8s.io/coredns:${need.version}` : upstreamFile(bare, loadCatalogue()).url;
      expect(`docker://${asked}`).toBe(url);
      expect(upstreamFile(need, loadCatalogue()).url).toBe(url);
    }
  });

  it('are left to the registry by default', () => {
    const [master] = plans('1.36.3', 'artifacts: {}');
    expect(imagesOf(master)).toEqual([]);
    expect(master && has(master)).toBe(false);
  });
});

describe("the user's own image", () => {
  it('is imported on the nodes that get it, independently of the others', () => {
    const more = `artifacts:
  mirrors: [https://mirror.example.com]
  extra: [{ name: debug, version: "1", file: debug.tar, format: image, sha256: "${'0'.repeat(64)}", roles: [worker] }]`;
    const [master, worker] = plans('1.36.3', more);
    expect([master, worker].map((plan) => plan && has(plan))).toEqual([false, true]);
    expect(worker?.artifacts.map(({ name }) => name)).toContain('debug');
  });
});
