import { expect, test } from 'vitest';
import { packagePath } from '../../src/base/files/package-root.ts';
import { knownMinors } from '../../src/release/minors.ts';
import { kubernetesRelease } from '../../src/release/program/kubernetes-release.ts';
import { parseUnitExec } from '../oracle/oracle.ts';
import { clusterOf } from '../support/cluster-text.ts';
import { expectFolder } from '../support/golden.ts';
import { contentOf, renderUnlocked, type UnlockedNode } from '../support/render-unlocked.ts';

/** Choices of a minor's case; everything else has the minor's default. */
type Choice = readonly [runtime: 'docker' | 'containerd', store: 'etcd' | 'kubernetes', mode: string, arch: string];

/** One row a minor, so that every runtime, store, mode and architecture meets old and new versions. */
const choices: Readonly<Record<string, Choice>> = {
  '1.16': ['docker', 'etcd', 'iptables', 'amd64'],
  '1.17': ['containerd', 'kubernetes', 'ipvs', 'arm64'],
  '1.18': ['docker', 'kubernetes', 'iptables', 'amd64'],
  '1.19': ['containerd', 'etcd', 'iptables', 'arm64'],
  '1.20': ['docker', 'etcd', 'ipvs', 'amd64'],
  '1.21': ['containerd', 'kubernetes', 'iptables', 'amd64'],
  '1.22': ['docker', 'kubernetes', 'ipvs', 'arm64'],
  '1.23': ['docker', 'etcd', 'iptables', 'amd64'],
  '1.24': ['docker', 'etcd', 'iptables', 'amd64'],
  '1.25': ['containerd', 'etcd', 'ipvs', 'arm64'],
  '1.26': ['containerd', 'kubernetes', 'iptables', 'amd64'],
  '1.27': ['docker', 'kubernetes', 'ipvs', 'amd64'],
  '1.28': ['containerd', 'etcd', 'iptables', 'arm64'],
  '1.29': ['containerd', 'kubernetes', 'nftables', 'amd64'],
  '1.30': ['docker', 'kubernetes', 'nftables', 'arm64'],
  '1.31': ['containerd', 'etcd', 'nftables', 'amd64'],
  '1.32': ['containerd', 'kubernetes', 'iptables', 'arm64'],
  '1.33': ['containerd', 'etcd', 'nftables', 'amd64'],
  '1.34': ['docker', 'kubernetes', 'ipvs', 'amd64'],
  '1.35': ['containerd', 'kubernetes', 'iptables', 'arm64'],
  '1.36': ['containerd', 'etcd', 'nftables', 'amd64'],
};

/** A minor without a row, the newest one in the making, uses the most common choice. */
const usual: Choice = ['containerd', 'kubernetes', 'nftables', 'amd64'];

const programs = [
  'etcd',
  'flanneld',
  'cri-dockerd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
];

/** Files that differ between versions and are short enough to be shown here completely. */
const whole = [
  '/etc/kubernetes/kubelet.yaml',
  '/etc/kubernetes/kube-proxy.yaml',
  '/etc/containerd/config.toml',
  '/etc/docker/daemon.json',
  '/etc/kube-flannel/net-conf.json',
  '/etc/knode/flannel-network.json',
  '/etc/knode/nodes.list',
  '/etc/knode/node.env',
];

function sections(node: UnlockedNode): Map<string, string> {
  const found = new Map<string, string>();
  for (const program of programs) {
    const unit = contentOf(node, `/etc/systemd/system/${program}.service`);
    if (unit === undefined) continue;
    const environment = unit.split('\n').filter((line) => line.startsWith('Environment='));
    const argv = parseUnitExec(unit)[0]?.argv ?? [];
    found.set(program, [...environment, ...argv].map((line) => `${line}\n`).join(''));
  }
  for (const path of whole) {
    const content = contentOf(node, path);
    if (content !== undefined) found.set(path, content);
  }
  const apiVersions = node.files
    .filter((file) => /^\/etc\/(kubernetes|knode\/manifests)\//.test(file.path))
    .flatMap((file) => [...file.content.matchAll(/^apiVersion: (.*)$/gm)].map((match) => match[1] ?? ''));
  found.set('API versions', `${[...new Set(apiVersions)].sort().join(' ')}\n`);
  const packages = node.plan.packages.join(' ');
  found.set('packages', `${packages}\n`);
  found.set('artifacts', node.plan.artifacts.map(({ name, version, arch }) => `${name} ${version} ${arch}\n`).join(''));
  return found;
}

function caseText(minor: string): string {
  const [type, store, mode, arch] = choices[minor] ?? usual;
  const version = kubernetesRelease(minor).value?.defaults().kubernetes;
  const cluster = clusterOf({
    arch,
    kubernetes: { version, kubeProxy: { mode } },
    containerRuntime: { type },
    network: { flannel: { store } },
  });
  const [master, worker] = cluster.nodes.map((node) => sections(renderUnlocked(cluster, node)));
  const texts = [`Kubernetes ${version}: ${type}, flannel in ${store}, kube-proxy ${mode}, ${arch}\n`];
  for (const [name, text] of master ?? []) texts.push(`\n== master: ${name}\n${text}`);
  for (const [name, text] of worker ?? []) {
    // The files shared with the master are above.
    texts.push(
      text === master?.get(name) ? `\n== worker: ${name}: as the master's\n` : `\n== worker: ${name}\n${text}`,
    );
  }
  return texts.join('');
}

test('the differences of a version are in the golden of its minor', () => {
  const made = new Map(knownMinors().map((minor) => [`${minor}.txt`, caseText(minor)]));
  expectFolder(packagePath('test/golden/minors'), made);
});

test('old and new versions meet every choice', () => {
  const rows = Object.values(choices);
  for (const choice of ['docker', 'containerd', 'etcd', 'kubernetes', 'iptables', 'ipvs', 'nftables', 'amd64', 'arm64'])
    expect(rows.filter((row) => row.includes(choice)).length, choice).toBeGreaterThanOrEqual(4);
});
