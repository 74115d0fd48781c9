/**
 * A mirror with every program of a cluster, and the lock that pins them. containerd and runc are this machine's own;
 * the others are stand-ins that wait, in the layout of upstream's archives. Container images are real ones, made here.
 */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { sha256 } from '../../../src/base/digest.ts';
import { tarArchive } from '../../../src/base/files/tar.ts';
import type { ArtifactNeed } from '../../../src/component/artifact.ts';
import { loadCatalogue } from '../../../src/mirror/catalogue/catalogue.ts';
import { type UpstreamFile, upstreamFile } from '../../../src/mirror/catalogue/upstream-file.ts';
import { stringifyLock } from '../../../src/mirror/lock/file.ts';
import type { LockEntry } from '../../../src/mirror/lock/schema.ts';
import { testManifest } from '../../support/test-image.ts';
import { sh, tempDir, which } from '../tools.ts';

const real = ['containerd', 'containerd-shim', 'containerd-shim-runc-v1', 'containerd-shim-runc-v2', 'ctr', 'runc'];

/** A program of this machine, or one that does nothing until it is ended. */
function placeProgram(path: string, { name, version }: ArtifactNeed): void {
  const program = path.slice(path.lastIndexOf('/') + 1);
  const own = real.includes(program) ? which(program) : undefined;
  mkdirSync(dirname(path), { recursive: true });
  if (own === undefined) writeFileSync(path, `#!/bin/sh\n# ${program} of ${name} ${version}\nexec sleep infinity\n`);
  else copyFileSync(own, path);
  chmodSync(path, 0o755);
}

async function archive(need: ArtifactNeed, { members }: UpstreamFile): Promise<Buffer> {
  const folder = tempDir(`archive-${need.name}`);
  for (const { from } of members) {
    if (!from.endsWith('/')) {
      placeProgram(join(folder, from), need);
      continue;
    }
    for (const name of ['one', 'two']) placeProgram(join(folder, from, name), need);
    symlinkSync('one', join(folder, from, 'link'));
  }
  const file = join(tempDir('packed'), 'archive.tar.gz');
  // Upstream's archives name their members without a leading ./
  const names = members.map(({ from }) => from);
  await sh('tar', ['-czf', file, '-C', folder, ...names], { check: true });
  return readFileSync(file);
}

/** The common format of `docker save` and containerd: manifest.json, a configuration and one layer. */
function containerImage({ image = '', name }: ArtifactNeed): Buffer {
  const { blobs, bytes } = testManifest([[{ path: name, mode: '0755', content: `${name}\n` }]], { kind: 'docker' });
  const { config, layers } = JSON.parse(bytes.toString()) as {
    config: { digest: string };
    layers: { digest: string }[];
  };
  const blobPath = (digest: string) => `blobs/${digest.replace(':', '/')}`;
  const parts = [
    { Config: blobPath(config.digest), RepoTags: [image], Layers: layers.map((one) => blobPath(one.digest)) },
  ];
  return tarArchive([
    { path: 'manifest.json', mode: '0644', content: JSON.stringify(parts) },
    ...[...blobs].map(([digest, content]) => ({ path: blobPath(digest), mode: '0644', content })),
  ]);
}

async function contentOf(need: ArtifactNeed, upstream: UpstreamFile): Promise<Buffer> {
  if (upstream.format === 'image') return containerImage(need);
  if (upstream.format === 'tar.gz') return archive(need, upstream);
  const file = join(tempDir('program'), need.name);
  placeProgram(file, need);
  return readFileSync(file);
}

/** Fills `folder` (a mirror's base URL leads to it), and returns the text of the lock. */
export async function makeMirror(needs: readonly ArtifactNeed[], folder: string): Promise<string> {
  const catalogue = loadCatalogue();
  const entries: LockEntry[] = [];
  for (const need of needs) {
    const upstream = upstreamFile(need, catalogue);
    const file = join(folder, upstream.key);
    if (existsSync(file)) continue;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, await contentOf(need, upstream));
    const { name, version, arch } = need;
    const checksum = sha256(readFileSync(file));
    entries.push({
      name,
      version,
      arch,
      url: upstream.url,
      size: statSync(file).size,
      algorithm: 'sha256',
      checksum,
      checksumFrom: 'user',
    });
  }
  return stringifyLock(entries);
}

/** An apt source with one package, for a machine that has no network: a folder of it. */
export async function makePackageSource(folder: string, name: string): Promise<void> {
  const build = join(tempDir('deb'), name);
  mkdirSync(join(build, 'DEBIAN'), { recursive: true });
  mkdirSync(join(build, 'usr/share', name), { recursive: true });
  writeFileSync(join(build, 'usr/share', name, 'here'), 'a package for the tests\n');
  const control = `Package: ${name}\nVersion: 1.0\nArchitecture: all\nMaintainer: knode <tests@example.com>\nDescription: for the tests\n`;
  writeFileSync(join(build, 'DEBIAN/control'), control);
  mkdirSync(folder, { recursive: true });
  const deb = join(folder, `${name}.deb`);
  await sh('dpkg-deb', ['--build', '--root-owner-group', build, deb], { check: true });
  const { size } = statSync(deb);
  writeFileSync(
    join(folder, 'Packages'),
    `${control}Filename: ./${name}.deb\nSize: ${size}\nSHA256: ${sha256(readFileSync(deb))}\n\n`,
  );
}
