/**
 * The script that writes an image's manifest, on a tree that represents a machine; `render` must be able to read the
 * manifest.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/base/digest.ts';
import { packagePath } from '../../src/base/files/package-root.ts';
import { parseGoldenImageManifest } from '../../src/image/golden-image-manifest.ts';
import { tempFolder } from '../support/temp-folder.ts';

const head = {
  apiVersion: 'knode.dev/v1',
  kind: 'Image',
  name: 'knode-worker-1-36-3-debian-12-amd64-abababababab',
  roles: ['worker'],
  layers: ['image'],
  arch: 'amd64',
  os: { family: 'debian', system: 'debian-12' },
  artifacts: [{ name: 'kubelet', version: '1.36.3', algorithm: 'sha256', checksum: 'a'.repeat(64) }],
  builtFrom: {
    knode: '0.1.0',
    cluster: 'prod',
    clusterFile: 'b'.repeat(64),
    lock: 'c'.repeat(64),
    payload: 'd'.repeat(64),
  },
};

/** Versions as Debian writes them: with an epoch, a plus and a tilde. One package is not installed any more. */
const packages = 'installed curl 7.88.1-10\nnot-installed nano 1\ninstalled chrony 1:4.3-2+deb12u3~bpo\n';

function put(root: string, path: string, content: string, mode = 0o644): void {
  mkdirSync(join(root, dirname(path)), { recursive: true });
  writeFileSync(join(root, path), content);
  chmodSync(join(root, path), mode);
}

/** A machine with one file of the payload and, optionally, one program; and the answers of its package manager. */
function machine(programs: boolean): string {
  const folder = tempFolder('machine');
  put(folder, 'bin/dpkg-query', `#!/bin/sh\ncat <<'END'\n${packages}END\n`, 0o755);
  put(folder, 'root/etc/os-release', 'ID=debian\nVERSION_ID="12"\n');
  put(folder, 'root/etc/knode/sysctl.conf', 'a\n', 0o600);
  put(folder, 'files', '/etc/knode/sysctl.conf\n');
  put(folder, 'payload/image.json', `${JSON.stringify(head, null, 2)}\n`);
  const row = ['kubelet', '1.36.3', 'sha256', 'a'.repeat(64)].join('\t');
  put(folder, 'payload/artifacts.tsv', programs ? `${row}\n` : '');
  if (!programs) return folder;
  put(folder, 'root/usr/local/bin/kubelet', 'kubelet', 0o755);
  const record = `# sha256 ${'a'.repeat(64)}\n${sha256('kubelet')}  /usr/local/bin/kubelet\n`;
  put(folder, 'root/var/lib/knode/artifacts/kubelet.done', record);
  return folder;
}

function write(folder: string): { readonly code: number | null; readonly said: string } {
  const words = [packagePath('packer/provision/manifest'), join(folder, 'files'), join(folder, 'payload'), 'debian'];
  const { status, stdout, stderr } = spawnSync('bash', words, {
    env: { PATH: `${join(folder, 'bin')}:${process.env.PATH}`, KNODE_ROOT: join(folder, 'root') },
    encoding: 'utf8',
  });
  return { code: status, said: `${stdout}${stderr}` };
}

const written = (folder: string, name: string): string => readFileSync(join(folder, 'root/etc/knode', name), 'utf8');

describe('the manifest of an image', () => {
  it('is what knode reads: its head, every file with mode and sha256, every package', () => {
    const folder = machine(true);
    expect(write(folder)).toEqual({ code: 0, said: 'knode: 2 files and 2 packages are in the manifest\n' });
    const { value, diagnostics } = parseGoldenImageManifest(written(folder, 'image.json'), 'image.json');
    expect(diagnostics).toEqual([]);
    expect(value).toMatchObject({
      ...head,
      files: [
        { path: '/etc/knode/sysctl.conf', mode: '0600', sha256: sha256('a\n') },
        { path: '/usr/local/bin/kubelet', mode: '0755', sha256: sha256('kubelet') },
      ],
      packages: [
        { name: 'chrony', version: '1:4.3-2+deb12u3~bpo' },
        { name: 'curl', version: '7.88.1-10' },
      ],
    });
  });

  it('is the same for the same content, and different otherwise', () => {
    const [one, other, changed] = [machine(true), machine(true), machine(true)];
    put(changed, 'root/etc/knode/sysctl.conf', 'b\n', 0o600);
    for (const folder of [one, other, changed]) expect(write(folder)).toExit(0);
    expect(written(one, 'image.json')).toBe(written(other, 'image.json'));
    const digest = (folder: string) => (JSON.parse(written(folder, 'image.json')) as { digest: string }).digest;
    expect(digest(changed)).not.toBe(digest(one));
  });

  it('can describe a node without programs, such as a balancer', () => {
    const folder = machine(false);
    expect(write(folder)).toEqual({ code: 0, said: 'knode: 1 files and 2 packages are in the manifest\n' });
    expect(parseGoldenImageManifest(written(folder, 'image.json'), 'image.json').value?.files).toHaveLength(1);
  });

  it('is not written when a file is missing', () => {
    const folder = machine(true);
    put(folder, 'files', '/etc/knode/gone\n');
    expect(write(folder)).toEqual({ code: 1, said: 'knode: no image: /etc/knode/gone is not there\n' });
    expect(() => written(folder, 'image.json')).toThrow();
  });
});

it('has a bill of materials: CycloneDX 1.5, with the operating system, programs and packages', () => {
  const folder = machine(true);
  write(folder);
  expect(JSON.parse(written(folder, 'image.cdx.json'))).toEqual({
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    components: [
      { type: 'operating-system', name: 'debian', version: '12' },
      {
        type: 'application',
        name: 'kubelet',
        version: '1.36.3',
        purl: 'pkg:generic/kubelet@1.36.3',
        hashes: [{ alg: 'SHA-256', content: 'a'.repeat(64) }],
      },
      {
        type: 'library',
        name: 'chrony',
        version: '1:4.3-2+deb12u3~bpo',
        purl: 'pkg:deb/debian/chrony@1%3A4.3-2%2Bdeb12u3~bpo',
      },
      { type: 'library', name: 'curl', version: '7.88.1-10', purl: 'pkg:deb/debian/curl@7.88.1-10' },
    ],
  });
});
