import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packagePath } from '../../src/base/files/package-root.ts';
import { nodePaths } from '../../src/base/node-paths.ts';
import { isArtifactVersion, isPlainUrl, isRelativePath } from '../../src/base/safe-text.ts';
import { loadCatalogue } from '../../src/mirror/catalogue/catalogue.ts';
import { parseCatalogueEntry } from '../../src/mirror/catalogue/catalogue-files.ts';
import { compareVersions, inRange } from '../../src/mirror/catalogue/identity.ts';
import { upstreamFile } from '../../src/mirror/catalogue/upstream-file.ts';

const catalogue = loadCatalogue();
const arches = ['amd64', 'arm64'] as const;

function targets(name: string, version: string): string[] {
  return upstreamFile({ name, version, arch: 'amd64' }, catalogue).members.map((member) => member.to);
}

describe('the shipped catalogue', () => {
  it('holds every artifact that a node can need', () => {
    expect([...catalogue.keys()].sort()).toEqual([
      'cni-plugins',
      'containerd',
      'containerd-static',
      'coredns',
      'cri-dockerd',
      'crictl',
      'docker',
      'etcd',
      'flannel',
      'flannel-cni-plugin',
      'kube-apiserver',
      'kube-controller-manager',
      'kube-proxy',
      'kube-scheduler',
      'kubectl',
      'kubelet',
      'kubernetes-server',
      'pause',
      'runc',
    ]);
  });

  it.each([...catalogue.values()])('$name installs its members at the expected paths', (entry) => {
    const image = entry.format === 'image';
    for (const member of entry.members) {
      const folders = image ? [nodePaths.images] : [nodePaths.bin, nodePaths.cniBin];
      expect(folders).toContain(member.to.slice(0, member.to.lastIndexOf('/')));
      expect(member.mode).toBe(image ? '0644' : '0755');
      expect(`${member.from}${member.to}`).not.toContain('..');
    }
    expect(new Set(entry.members.map((member) => member.to)).size).toBe(entry.members.length);
  });

  it.each([...catalogue.keys()])('%s expands for both architectures without leftovers', (name) => {
    for (const arch of arches) {
      const file = upstreamFile({ name, version: '99.1.2', arch }, catalogue);
      expect(JSON.stringify(file)).not.toMatch(/[{}](version|arch|url)/);
      expect(file.key).toMatch(new RegExp(`^${name}/99\\.1\\.2/linux-${arch}/[^/]+$`));
      expect(file.members.length).toBeGreaterThan(0);
    }
  });
});

describe('upstreamFile', () => {
  it("spells the architecture in docker's way in the URL and in ours in the key", () => {
    const file = upstreamFile({ name: 'docker', version: '20.10.24', arch: 'arm64' }, catalogue);
    expect(file.url).toBe('https://download.docker.com/linux/static/stable/aarch64/docker-20.10.24.tgz');
    expect(file.key).toBe('docker/20.10.24/linux-arm64/docker-20.10.24.tgz');
    expect(file.published).toBeUndefined();
  });

  it('follows archive layouts through the versions', () => {
    const [old, middle, recent] = ['19.03.1', '20.10.24', '28.5.1'].map((version) => targets('docker', version));
    expect(old).toContain('/usr/local/bin/containerd-shim');
    expect(old).not.toContain('/usr/local/bin/containerd-shim-runc-v2');
    expect(middle).toEqual(
      expect.arrayContaining(['/usr/local/bin/containerd-shim', '/usr/local/bin/containerd-shim-runc-v2']),
    );
    expect(recent).not.toContain('/usr/local/bin/containerd-shim');
    expect(targets('containerd', '1.7.34')).toContain('/usr/local/bin/containerd-shim-runc-v1');
    expect(targets('containerd', '2.3.4')).toEqual(
      ['containerd', 'containerd-shim-runc-v2', 'ctr'].map((b) => `/usr/local/bin/${b}`),
    );
  });

  it('knows the places of upstream’s checksums, and their first version', () => {
    const published = (name: string, version: string) =>
      upstreamFile({ name, version, arch: 'amd64' }, catalogue).published?.url;
    expect(published('kubelet', '1.16.0')).toBe('https://dl.k8s.io/v1.16.0/bin/linux/amd64/kubelet.sha256');
    expect(published('etcd', '3.6.14')).toBe('https://github.com/etcd-io/etcd/releases/download/v3.6.14/SHA256SUMS');
    expect(published('etcd', '3.3.11')).toBeUndefined();
    expect(published('flannel', '0.27.4')).toBeUndefined();
  });

  it('names the member of an archive exactly', () => {
    const { members } = upstreamFile({ name: 'etcd', version: '3.6.14', arch: 'arm64' }, catalogue);
    expect(members[0]).toEqual({ from: 'etcd-v3.6.14-linux-arm64/etcd', to: '/usr/local/bin/etcd', mode: '0755' });
  });

  it('throws for bugs: an unknown artifact, an invalid version', () => {
    expect(() => upstreamFile({ name: 'nope', version: '1.0.0', arch: 'amd64' }, catalogue)).toThrow(
      'artifacts/nope.yaml',
    );
    expect(() => upstreamFile({ name: 'etcd', version: '../3', arch: 'amd64' }, catalogue)).toThrow(
      "'../3' is not a version",
    );
  });
});

describe('parseCatalogueEntry', () => {
  const text = readFileSync(packagePath('artifacts', 'etcd.yaml'), 'utf8');

  it.each([
    ['a `..` in a member', 'from: etcd-v{version}-linux-{arch}/etcd\n', 'from: etcd/../../etc/passwd\n'],
    ['a `..` in a target', 'to: /usr/local/bin/etcd\n', 'to: /usr/local/bin/../../etc/passwd\n'],
    ['a relative target', 'to: /usr/local/bin/etcd\n', 'to: usr/local/bin/etcd\n'],
    ['a leading `./`', 'from: etcd-v{version}-linux-{arch}/etcd\n', 'from: ./etcd\n'],
    ['a `..` in the URL', '/releases/download/', '/releases/../download/'],
    ['an unknown placeholder', '{version}-linux', '{release}-linux'],
    ['an unknown key', 'format: tar.gz', 'format: tar.gz\nformats: none'],
    ['a member in a binary', 'format: tar.gz', 'format: binary'],
  ])('refuses %s', (_, from, to) => {
    expect(text).toContain(from);
    expect(() => parseCatalogueEntry(text.replace(from, to), 'etcd.yaml')).toThrow(
      'etcd.yaml is not a valid catalogue entry',
    );
  });
});

describe('versions and safe text', () => {
  it('compares numbers as numbers', () => {
    expect(['3.5.10', '3.5.9', '19.03.1', '3.6.0'].sort(compareVersions)).toEqual([
      '3.5.9',
      '3.5.10',
      '3.6.0',
      '19.03.1',
    ]);
    expect(inRange('2.0.0', { until: '2.0.0' })).toBe(false);
    expect(inRange('1.7.34', { since: '1.3.5', until: '2.0.0' })).toBe(true);
  });

  it.each(['../x', 'a/../b', '/a', 'a//b', 'a/', 'a b', 'a\nb', '.a', '-rf', 'a..b', '$(x)', ''])(
    'refuses %j as a path',
    (path) => {
      expect(isRelativePath(path)).toBe(false);
      expect(isArtifactVersion(path)).toBe(false);
    },
  );

  it.each([
    'ftp://example.com/a',
    'https://user:secret@example.com/a',
    'https://example.com/a/../b',
    'https://example.com/%2e%2E/b',
    'https://example.com/..%2fb',
    'https://example.com/a b',
    'https://example.com',
    'https://example.com/a\nb',
    "https://example.com/'",
  ])('refuses %j as a URL', (url) => {
    expect(isPlainUrl(url)).toBe(false);
  });
});
