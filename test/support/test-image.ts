/** A small container image, made here byte by byte, and its parts as a registry keeps them. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { tarArchive } from '../../src/base/files/tar.ts';

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

export interface TestLayer {
  readonly path: string;
  readonly mode: string;
  readonly content: string | Uint8Array;
}

export interface TestManifest {
  readonly mediaType: string;
  readonly bytes: Buffer;
  readonly digest: string;
  /** Configuration and layers. */
  readonly blobs: ReadonlyMap<string, Buffer>;
}

const docker = {
  manifest: 'application/vnd.docker.distribution.manifest.v2+json',
  list: 'application/vnd.docker.distribution.manifest.list.v2+json',
  config: 'application/vnd.docker.container.image.v1+json',
  layer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
};
const oci = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  list: 'application/vnd.oci.image.index.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
};
export const mediaTypes = { docker, oci } as const;
export type Kind = keyof typeof mediaTypes;

/** One platform; each list of files is a layer. */
export function testManifest(
  layers: readonly (readonly TestLayer[])[],
  { architecture = 'amd64', kind = 'oci' as Kind, config: more = {} as object, layerType = '' } = {},
): TestManifest {
  const types = mediaTypes[kind];
  const blobs = new Map<string, Buffer>();
  const add = (mediaType: string, bytes: Buffer) => {
    blobs.set(digestOf(bytes), bytes);
    return { mediaType, digest: digestOf(bytes), size: bytes.length };
  };
  const tars = layers.map(tarArchive);
  const config = {
    architecture,
    os: 'linux',
    config: more,
    rootfs: { type: 'layers', diff_ids: tars.map(digestOf) },
    history: tars.map(() => ({ created_by: 'test' })),
  };
  const manifest = {
    schemaVersion: 2,
    mediaType: types.manifest,
    config: add(types.config, Buffer.from(JSON.stringify(config))),
    layers: tars.map((tar) => add(layerType || types.layer, gzipSync(tar))),
  };
  const bytes = Buffer.from(JSON.stringify(manifest));
  return { mediaType: types.manifest, bytes, digest: digestOf(bytes), blobs };
}

/** A list of several platforms, with an attestation as build tools add it. */
export function testIndex(platforms: Readonly<Record<string, TestManifest>>, kind: Kind = 'oci'): Buffer {
  const manifests = Object.entries(platforms).map(([platform, { mediaType, bytes, digest }]) => {
    const [os, architecture, variant] = platform.split('/');
    return { mediaType, digest, size: bytes.length, platform: { os, architecture, variant } };
  });
  const attestation = {
    mediaType: oci.manifest,
    digest: digestOf(Buffer.from('attestation')),
    size: 11,
    platform: { os: 'unknown', architecture: 'unknown' },
  };
  return Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes[kind].list, manifests: [attestation, ...manifests] }),
  );
}
