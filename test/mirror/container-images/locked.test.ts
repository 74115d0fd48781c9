import { describe, expect, it } from 'vitest';
import { loadCatalogue } from '../../../src/mirror/catalogue/catalogue.ts';
import { withOwnArtifacts } from '../../../src/mirror/catalogue/own-artifacts.ts';
import { upstreamFile } from '../../../src/mirror/catalogue/upstream-file.ts';
import { pinsOtherImage } from '../../../src/mirror/container-images/reference.ts';
import { parseLock } from '../../../src/mirror/lock/lock.ts';
import { resolveArtifacts } from '../../../src/mirror/lock/resolve.ts';

const checksum = '1'.repeat(64);

function lockWith(url: string) {
  const text = `apiVersion: knode.dev/v1
kind: Lock
artifacts:
  - name: pause
    version: "3.9"
    arch: amd64
    url: ${url}
    sha256: ${checksum}
    checksumFrom: first-download
`;
  return parseLock(text, 'knode.lock.yaml');
}

function resolve(url: string, image?: string) {
  const need = { name: 'pause', version: '3.9', arch: 'amd64', ...(image !== undefined && { image }) } as const;
  const { value: lock, diagnostics } = lockWith(url);
  expect(diagnostics).toEqual([]);
  return resolveArtifacts([need], loadCatalogue(), lock, { unlocked: false });
}

describe('a locked image', () => {
  it('is a file on the mirror for nodes, which know no registry', () => {
    const { value } = resolve('docker://registry.k8s.io/pause:3.9');
    expect(value?.get('pause/3.9/amd64')).toEqual({
      name: 'pause',
      version: '3.9',
      arch: 'amd64',
      algorithm: 'sha256',
      checksum,
      key: 'pause/3.9/linux-amd64/pause-3.9.tar',
      url: '-',
      format: 'image',
      members: [{ from: '', to: '/var/lib/knode/images/pause.tar', mode: '0644' }],
    });
  });

  it('does not count if the node needs another name: the file contains its name', () => {
    const locked = 'docker://registry.k8s.io/pause:3.9';
    const { value, diagnostics } = resolve(locked, 'registry.example.com/k8s/pause:3.9');
    expect(value).toBeUndefined();
    expect(diagnostics).toMatchObject([{ code: 'artifact-not-locked', severity: 'error' }]);
    expect(resolve(locked, 'registry.k8s.io/pause:3.9').diagnostics).toEqual([]);
  });

  it('may be a file from anywhere: the user is responsible for its content', () => {
    const url = 'https://files.example.com/pause.tar';
    const { value } = resolve(url, 'registry.example.com/k8s/pause:3.9');
    expect(value?.get('pause/3.9/amd64')?.url).toBe(url);
    expect(pinsOtherImage(url, 'docker://registry.k8s.io/pause:3.9')).toBe(false);
  });

  it.each(['docker://registry.k8s.io/pause@sha256:00', 'docker://', 'docker://a b/c:1'])('is invalid: %s', (url) => {
    expect(lockWith(url).diagnostics).toMatchObject([{ code: 'invalid-value' }]);
  });
});

it("an image of the user's own goes where the runtime's importer looks", () => {
  const own = { name: 'debug', version: '1', format: 'image', file: 'debug.tar', sha256: checksum, members: [] };
  const catalogue = withOwnArtifacts(loadCatalogue(), [{ ...own, format: 'image' }]);
  expect(upstreamFile({ name: 'debug', version: '1', arch: 'arm64' }, catalogue)).toMatchObject({
    url: 'file:debug.tar',
    key: 'debug/1/linux-arm64/debug.tar',
    format: 'image',
    members: [{ from: '', to: '/var/lib/knode/images/debug.tar', mode: '0644' }],
    own: { sha256: checksum },
  });
});
