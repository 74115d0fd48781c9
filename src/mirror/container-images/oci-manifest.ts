import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { ImageReference } from '../../base/image-reference.ts';
import { TransferFailure, WrongBytes } from '../../net/failure.ts';
import { registryFailure } from './body.ts';
import { imageMessages as messages, say } from './messages.ts';
import type { Registry } from './registry.ts';

const descriptorSchema = z.object({
  mediaType: z.string(),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/, 'is no sha256 digest'),
  size: z.int().nonnegative(),
});

const platformSchema = z.object({ architecture: z.string(), os: z.string(), variant: z.string().optional() });

const manifestSchema = z.object({
  mediaType: z.string().default('application/vnd.oci.image.manifest.v1+json'),
  config: descriptorSchema,
  layers: z.array(descriptorSchema),
});

const indexSchema = z.object({
  manifests: z.array(descriptorSchema.extend({ platform: platformSchema.optional() })),
});

/** A blob as a manifest names it (OCI image specification, descriptor). */
export type Descriptor = Readonly<z.infer<typeof descriptorSchema>>;
type Platform = z.infer<typeof platformSchema>;

/** One platform of an image: everything except its layers. */
export interface OciManifest {
  /** Of the manifest itself. */
  readonly descriptor: Descriptor;
  readonly manifest: Buffer;
  readonly config: Descriptor;
  readonly configBytes: Buffer;
  /** In order; the same blob may occur twice. */
  readonly layers: readonly Descriptor[];
}

const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];
const configTypes = ['application/vnd.oci.image.config.v1+json', 'application/vnd.docker.container.image.v1+json'];
/**
 * Layer types that docker load and containerd accept in every supported version: docker supports zstd from 23.0 on, and
 * foreign layers are stored elsewhere.
 */
const layerTypes = [
  'application/vnd.oci.image.layer.v1.tar',
  'application/vnd.oci.image.layer.v1.tar+gzip',
  'application/vnd.docker.image.rootfs.diff.tar',
  'application/vnd.docker.image.rootfs.diff.tar.gzip',
];
/** The registries' own limit for manifests (distribution: 4 MiB); used for configurations as well. */
const maxBytes = 4 * 1024 * 1024;

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Finds the manifest of one platform for a tag, and its configuration. */
export async function readOciManifest(
  registry: Registry,
  image: ImageReference,
  arch: 'amd64' | 'arm64',
): Promise<OciManifest> {
  const accept = { accept: manifestTypes.join(', ') };
  const fetchManifest = (name: string) => registry.small(`manifests/${name}`, maxBytes, accept);
  let bytes = await fetchManifest(image.tag);
  let document = parseJson(bytes, image.canonical);
  if (isIndex(document)) {
    const wanted = platformOf(parse(indexSchema, document, image.canonical).manifests, image, arch);
    bytes = await fetchManifest(wanted.digest);
    verify(bytes, wanted, `the manifest of ${image.canonical}`);
    document = parseJson(bytes, image.canonical);
  }
  const { mediaType, config, layers } = checked(document, image);
  const configBytes = await registry.small(`blobs/${config.digest}`, maxBytes);
  verify(configBytes, config, `the configuration of ${image.canonical}`);
  checkPlatform(configBytes, image, arch);
  return {
    descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length },
    manifest: bytes,
    config,
    configBytes,
    layers,
  };
}

function checked(document: unknown, image: ImageReference): z.infer<typeof manifestSchema> {
  if ((document as { schemaVersion?: unknown })?.schemaVersion === 1) {
    throw new TransferFailure(say('image-schema', { image: image.canonical }));
  }
  const manifest = parse(manifestSchema, document, image.canonical);
  const { mediaType } = manifest.config;
  if (!configTypes.includes(mediaType)) {
    throw new TransferFailure(say('image-type', { image: image.canonical, type: mediaType }));
  }
  const odd = manifest.layers.find((layer) => !layerTypes.includes(layer.mediaType));
  if (odd === undefined) return manifest;
  throw new TransferFailure(say('image-layer', { image: image.canonical, type: odd.mediaType }));
}

function parseJson(bytes: Buffer, what: string): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    throw registryFailure(messages.malformed(what, 'it is not JSON'));
  }
}

function isIndex(document: unknown): boolean {
  return Array.isArray((document as { manifests?: unknown } | null)?.manifests);
}

function parse<T>(schema: z.ZodType<T>, document: unknown, what: string): T {
  const result = schema.safeParse(document);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const why = `${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim();
  throw registryFailure(messages.malformed(what, why));
}

/** @throws TransferFailure naming both digests if the bytes do not match the descriptor. */
function verify(bytes: Buffer, { digest }: Descriptor, what: string): void {
  const got = digestOf(bytes);
  if (got !== digest) {
    throw new WrongBytes(say('image-corrupt', { message: messages.corrupt(what, got, digest) }));
  }
}

type Listed = z.infer<typeof indexSchema>['manifests'][number];

/** Attestations are in the list as well; their platform is unknown/unknown. */
function platformOf(manifests: readonly Listed[], image: ImageReference, arch: 'amd64' | 'arm64'): Descriptor {
  const found = manifests.find(
    ({ platform }) => platform?.os === 'linux' && platform.architecture === arch && isBase(platform),
  );
  if (found !== undefined) return found;
  const there = manifests.flatMap(({ platform }) => (platform === undefined ? [] : [platformName(platform)]));
  throw noPlatform(image, arch, there);
}

/** arm64's only variant is v8; variants of amd64 (v2, v3) do not run everywhere. */
function isBase({ architecture, variant }: Platform): boolean {
  return variant === undefined || variant === '' || variant === (architecture === 'arm64' ? 'v8' : 'v1');
}

function platformName({ os, architecture, variant }: Platform): string {
  return [os, architecture, ...(variant ? [variant] : [])].join('/');
}

/** An image of one platform has no list; its configuration names the platform. */
function checkPlatform(config: Buffer, image: ImageReference, arch: 'amd64' | 'arm64'): void {
  const platform = parse(platformSchema, parseJson(config, image.canonical), image.canonical);
  if (platform.os !== 'linux' || platform.architecture !== arch)
    throw noPlatform(image, arch, [platformName(platform)]);
}

function noPlatform(image: ImageReference, arch: string, there: readonly string[]): TransferFailure {
  const known = [...new Set(there)].filter((name) => !name.startsWith('unknown/')).sort();
  return new TransferFailure(say('image-platform', { image: image.canonical, wanted: `linux/${arch}`, there: known }));
}
