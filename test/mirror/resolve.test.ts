import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/base/digest.ts';
import { packagePath } from '../../src/base/files/package-root.ts';
import type { ArtifactNeed } from '../../src/component/artifact.ts';
import { loadCatalogue } from '../../src/mirror/catalogue/catalogue.ts';
import { publishedLockEntries } from '../../src/mirror/catalogue/published.ts';
import { type ArtifactLock, readLock } from '../../src/mirror/lock/lock.ts';
import { resolveArtifacts } from '../../src/mirror/lock/resolve.ts';

const catalogue = loadCatalogue();
const kubernetes = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet', 'kube-proxy', 'kubectl'];
const rest = {
  etcd: '3.6.14',
  containerd: '2.3.4',
  runc: '1.4.3',
  'cni-plugins': '1.9.1',
  flannel: '0.27.4',
  'flannel-cni-plugin': '1.0.0',
  crictl: '1.36.0',
  'cri-dockerd': '0.3.26',
};
const versions = [...kubernetes.map((name) => [name, '1.36.3'] as const), ...Object.entries(rest)];
const defaults: ArtifactNeed[] = versions.flatMap(([name, version]) =>
  (['amd64', 'arm64'] as const).map((arch) => ({ name, version, arch })),
);
const etcd: ArtifactNeed = { name: 'etcd', version: '3.6.14', arch: 'amd64' };
const docker: ArtifactNeed = { name: 'docker', version: '19.03.1', arch: 'amd64' };
const locked = { unlocked: false };

const lockOf = (...needs: ArtifactNeed[]): ArtifactLock => ({
  file: 'knode.lock.yaml',
  entries: publishedLockEntries(needs),
});

describe('the checksums that ship with knode', () => {
  it('cover every default artifact on both architectures', () => {
    const entries = publishedLockEntries(defaults);
    expect(entries).toHaveLength(defaults.length);
    for (const entry of entries)
      expect(entry.checksum).toMatch(entry.algorithm === 'sha256' ? /^[0-9a-f]{64}$/ : /^[0-9a-f]{128}$/);
    expect(new Set(entries.map((entry) => entry.checksum)).size).toBe(entries.length);
  });

  it('leave out unknown ones, and name the origin of a value', () => {
    expect(publishedLockEntries([docker])).toEqual([]);
    const origins = publishedLockEntries(defaults.filter((need) => need.arch === 'amd64'));
    expect(origins.filter((entry) => entry.checksumFrom !== 'published').map((entry) => entry.name)).toEqual([
      'cri-dockerd',
      'flannel',
      'flannel-cni-plugin',
    ]);
  });

  it('equal those of the example', () => {
    const entries = readLock(packagePath('examples/modern/knode.lock.yaml')).value?.entries ?? [];
    expect(entries).toHaveLength(13);
    expect(entries).toEqual(publishedLockEntries(entries));
  });

  it('agree with the lock made for tests, whose other values are plainly made up', () => {
    const entries = readLock(packagePath('test/fixtures/test.lock.yaml')).value?.entries ?? [];
    const real = publishedLockEntries(entries);
    expect(real).toHaveLength(defaults.length);
    expect(entries).toEqual(expect.arrayContaining(real));
    for (const { name, version, arch, checksum } of entries.filter((entry) => entry.checksumFrom === 'user'))
      expect(checksum).toBe(sha256(`knode test artifact ${name} ${version} ${arch}`));
  });
});

describe('resolveArtifacts', () => {
  it.each(defaults)('resolves $name $version $arch from the lock', (need) => {
    const { value, diagnostics } = resolveArtifacts([need], catalogue, lockOf(need), locked);
    expect(diagnostics).toEqual([]);
    const artifact = value?.get(`${need.name}/${need.version}/${need.arch}`);
    expect(artifact).toMatchObject({ ...need, algorithm: 'sha256', checksum: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(artifact?.key.startsWith(`${need.name}/${need.version}/linux-${need.arch}/`)).toBe(true);
    expect(`${artifact?.key}${JSON.stringify(artifact?.members)}`).not.toContain('..');
  });

  it("takes the lock's URL and key, which may be a mirror of the user's", () => {
    const [entry] = publishedLockEntries([etcd]);
    const lock = {
      file: 'l',
      entries: [{ ...entry!, url: 'https://mirror.example.com/etcd.tgz', key: 'mine/etcd.tgz' }],
    };
    const artifact = resolveArtifacts([etcd], catalogue, lock, locked).value?.get('etcd/3.6.14/amd64');
    expect(artifact).toMatchObject({ url: 'https://mirror.example.com/etcd.tgz', key: 'mine/etcd.tgz' });
    expect(artifact?.members.map(({ from }) => from)).toEqual([
      'etcd-v3.6.14-linux-amd64/etcd',
      'etcd-v3.6.14-linux-amd64/etcdctl',
      'etcd-v3.6.14-linux-amd64/etcdutl',
    ]);
  });

  it('replaces upstream hosts by mirrors, in checksum URLs, too', () => {
    const replaceHosts = { 'github.com': 'https://proxy.example.com/github/' };
    const fromLock = resolveArtifacts([etcd], catalogue, lockOf(etcd), { unlocked: false, replaceHosts });
    const path = 'github/etcd-io/etcd/releases/download/v3.6.14';
    expect(fromLock.value?.get('etcd/3.6.14/amd64')?.url).toBe(
      `https://proxy.example.com/${path}/etcd-v3.6.14-linux-amd64.tar.gz`,
    );
    const unlocked = resolveArtifacts([etcd], catalogue, undefined, {
      unlocked: true,
      replaceHosts: { 'github.com': 'gh.example.com' },
    });
    expect(unlocked.value?.get('etcd/3.6.14/amd64')?.checksumUrl).toMatch('https://gh.example.com/etcd-io/');
    const other = resolveArtifacts([etcd], catalogue, lockOf(etcd), {
      unlocked: false,
      replaceHosts: { 'hub.com': 'x.example.com' },
    });
    expect(other.value?.get('etcd/3.6.14/amd64')?.url).toMatch('https://github.com/');
  });

  it('names all missing artifacts, and the command that adds them', () => {
    const kubelet: ArtifactNeed = { name: 'kubelet', version: '1.16.0', arch: 'amd64' };
    const { value, diagnostics } = resolveArtifacts([kubelet, docker, etcd], catalogue, lockOf(etcd), locked);
    expect(value).toBeUndefined();
    expect(diagnostics).toEqual([
      {
        severity: 'error',
        code: 'artifact-not-locked',
        message: 'knode.lock.yaml does not pin 2 artifacts of this cluster: docker 19.03.1 amd64, kubelet 1.16.0 amd64',
        hint: 'run knode mirror lock, which adds what is missing and changes nothing else',
      },
    ]);
    const noLock = resolveArtifacts([docker], catalogue, undefined, {
      unlocked: false,
      lockFile: 'east/knode.lock.yaml',
    });
    expect(noLock.diagnostics[0]?.message).toBe(
      'there is no east/knode.lock.yaml, so nothing pins an artifact of this cluster: docker 19.03.1 amd64',
    );
  });

  it('leaves out URLs that nodes cannot use', () => {
    const [pin] = publishedLockEntries([etcd]);
    const lock = { file: 'l', entries: [{ ...pin!, url: 'file:build/etcd.tar.gz' }] };
    expect(resolveArtifacts([etcd], catalogue, lock, locked).value?.get('etcd/3.6.14/amd64')?.url).toBe('-');
  });

  it('uses the published checksum when unlocked, and warns', () => {
    const server: ArtifactNeed = { name: 'kubernetes-server', version: '1.16.0', arch: 'arm64' };
    const { value, diagnostics } = resolveArtifacts([server, etcd], catalogue, lockOf(etcd), { unlocked: true });
    expect(diagnostics.map((d) => `${d.severity} ${d.code} ${d.message}`)).toEqual([
      'warning artifact-unlocked not pinned (--unlocked): kubernetes-server 1.16.0 arm64',
    ]);
    expect(value?.get('kubernetes-server/1.16.0/arm64')).toMatchObject({
      algorithm: 'sha512',
      checksumUrl: 'https://dl.k8s.io/v1.16.0/kubernetes-server-linux-arm64.tar.gz.sha512',
    });
    expect(value?.get('kubernetes-server/1.16.0/arm64')).not.toHaveProperty('checksum');
    expect(value?.get('etcd/3.6.14/amd64')).not.toHaveProperty('checksumUrl');
  });

  it('renders artifacts without published checksums when unlocked, and says that nodes refuse them', () => {
    const { value, diagnostics } = resolveArtifacts([docker, etcd], catalogue, lockOf(etcd), { unlocked: true });
    const artifact = value?.get('docker/19.03.1/amd64');
    expect(artifact).not.toHaveProperty('checksum');
    expect(artifact).not.toHaveProperty('checksumUrl');
    expect(diagnostics.map((d) => d.code)).toEqual(['checksum-not-published', 'artifact-unlocked']);
    expect(diagnostics[0]).toMatchObject({
      severity: 'warning',
      message: 'upstream publishes no checksum file for an artifact of this cluster: docker 19.03.1 amd64',
      hint: expect.stringContaining('a node refuses what it cannot verify'),
    });
  });
});
