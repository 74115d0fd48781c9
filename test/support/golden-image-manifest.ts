import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../../src/base/digest.ts';
import type { ImageContent, ImageHead } from '../../src/image/golden-image-manifest.ts';
import { tempFolder } from './temp-folder.ts';

/** A file as a manifest lists it. */
function listed(folder: string, path: string): ImageContent['files'][number] {
  const file = join(folder, path);
  return {
    path: `/${path}`,
    mode: (statSync(file).mode & 0o7777).toString(8).padStart(4, '0'),
    sha256: sha256(readFileSync(file)),
  };
}

/**
 * The manifest that a bake of `knode image template`'s folder would write, without the files of its programs; the packages are
 * those that it asks for. The referees bake for real.
 */
export function manifestOf(build: string): ImageContent {
  const folder = tempFolder('image-tree');
  execFileSync('tar', ['-xpf', join(build, 'payload/tree.tar'), '-C', folder]);
  const paths = execFileSync('tar', ['-tf', join(build, 'payload/tree.tar')], { encoding: 'utf8' })
    .trim()
    .split('\n');
  const head = JSON.parse(readFileSync(join(build, 'payload/image.json'), 'utf8')) as ImageHead;
  const list = readFileSync(join(build, 'payload/packages.list'), 'utf8');
  const names = [...list.matchAll(/^(?:node|user) (\S+)$/gm)].map(([, name = '']) => name);
  const files = paths.map((path) => listed(folder, path));
  return {
    ...head,
    digest: `sha256:${'0'.repeat(64)}`,
    files,
    packages: names.map((name) => ({ name, version: '1' })),
  };
}

/** The path of a manifest with this content. */
export function writeManifest(content: object): string {
  const file = join(tempFolder('manifest'), 'image.json');
  writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`);
  return file;
}
