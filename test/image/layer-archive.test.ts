import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ArtifactNeed, ResolvedArtifact } from '../../src/component/artifact.ts';
import { isInLayerArchive, type LayerArchive, layerArchiveKey } from '../../src/image/layer-archive.ts';
import { layerArchiveOf } from '../../src/workflow/mirror/layer-archive.ts';
import { type Example, type ExampleNode, renderExample } from '../support/examples.ts';
import { tempFolder } from '../support/temp-folder.ts';

function pinned(need: ArtifactNeed): ResolvedArtifact {
  return {
    ...need,
    algorithm: 'sha256',
    checksum: '0'.repeat(64),
    key: need.name,
    url: '-',
    format: 'binary',
    members: [],
  };
}

function payload({ plan }: ExampleNode): LayerArchive {
  return layerArchiveOf(plan, pinned);
}

function named(example: Example, name: string): ExampleNode {
  const found = example.nodes.find((node) => node.plan.node.name === name);
  if (found === undefined) throw new Error(`no node ${name}`);
  return found;
}

describe('the payload', () => {
  const modern = renderExample('modern');

  it('is the same for every node of a role, and different for another role', () => {
    const [m1, m2, w1] = ['m1', 'm2', 'w1'].map((name) => payload(named(modern, name)));
    expect(m1?.sha256).toBe(m2?.sha256);
    expect(m1?.content.equals(m2?.content ?? Buffer.of())).toBe(true);
    expect(w1?.sha256).not.toBe(m1?.sha256);
    expect(m1?.need).toEqual({ name: 'payload-master', version: m1?.sha256.slice(0, 16), arch: 'amd64' });
  });

  it('holds the image layer and no more', () => {
    const node = named(modern, 'm1');
    const folder = tempFolder('payload');
    writeFileSync(join(folder, 'payload.tar'), payload(node).content);
    const list = execFileSync('tar', ['-tf', join(folder, 'payload.tar')], { encoding: 'utf8' })
      .trim()
      .split('\n');
    const image = node.plan.files.filter((file) => file.layer === 'image').map((file) => file.path);
    expect(list.map((path) => `/${path}`)).toEqual(image);
    expect(node.plan.files.filter(isInLayerArchive).every((file) => !file.secret)).toBe(true);
  });

  it('has its name as its key', () => {
    const { need } = payload(named(modern, 'w1'));
    expect(layerArchiveKey(need)).toBe(`payload-worker/${need.version}/linux-amd64/payload-worker-${need.version}.tar`);
  });
});
