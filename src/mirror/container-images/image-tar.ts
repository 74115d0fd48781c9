import { createHash, type Hash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { tarEnd, tarHeader, tarPadding } from '../../base/files/tar.ts';
import type { ImageReference } from '../../base/image-reference.ts';
import { WrongBytes } from '../../net/failure.ts';
import type { Watcher } from '../../net/retry.ts';
import { imageMessages as messages, say } from './messages.ts';
import type { Descriptor, OciManifest } from './oci-manifest.ts';
import type { Registry } from './registry.ts';

/** Path of a blob, in both layouts. */
function blobPath(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`;
}

/**
 * Metadata for runtimes. containerd reads the OCI image layout (oci-layout, index.json; the annotations are its own and
 * the specification's), docker load reads manifest.json, and accepts gzip-compressed layers there, too.
 */
function layoutFiles(image: ImageReference, parts: OciManifest): readonly { path: string; text: string }[] {
  const annotations = {
    'io.containerd.image.name': image.canonical,
    'org.opencontainers.image.ref.name': image.tag,
  };
  const index = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [{ ...parts.descriptor, annotations }],
  };
  const forDocker = [
    {
      Config: blobPath(parts.config.digest),
      RepoTags: [image.canonical],
      Layers: parts.layers.map((layer) => blobPath(layer.digest)),
    },
  ];
  return [
    { path: 'oci-layout', text: '{"imageLayoutVersion":"1.0.0"}' },
    { path: 'index.json', text: JSON.stringify(index) },
    { path: 'manifest.json', text: JSON.stringify(forDocker) },
  ];
}

/** Writes the tar sequentially; layers are streamed from the registry to the file. */
export class ImageTar {
  readonly #file: FileHandle;
  readonly #registry: Registry;
  readonly #watcher: Watcher;
  #end = 0;

  constructor(file: FileHandle, registry: Registry, watcher: Watcher) {
    this.#file = file;
    this.#registry = registry;
    this.#watcher = watcher;
  }

  async write(image: ImageReference, parts: OciManifest): Promise<void> {
    for (const { path, text } of layoutFiles(image, parts)) await this.#add(path, Buffer.from(text));
    await this.#add(blobPath(parts.descriptor.digest), parts.manifest);
    await this.#add(blobPath(parts.config.digest), parts.configBytes);
    // Many images have the empty layer several times; a blob is stored once.
    const layers = new Map(parts.layers.map((layer) => [layer.digest, layer]));
    for (const layer of layers.values()) await this.#addLayer(layer, `a layer of ${image.canonical}`);
    await this.#append(tarEnd);
  }

  async #append(bytes: Uint8Array): Promise<void> {
    await this.#writeAt(bytes, this.#end);
    this.#end += bytes.length;
  }

  async #writeAt(bytes: Uint8Array, position: number): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, position + done);
      done += bytesWritten;
    }
  }

  async #add(path: string, content: Buffer): Promise<void> {
    await this.#append(tarHeader({ path, size: content.length, mode: '0644' }));
    await this.#append(content);
    await this.#append(tarPadding(content.length));
  }

  async #addLayer(layer: Descriptor, what: string): Promise<void> {
    await this.#append(tarHeader({ path: blobPath(layer.digest), size: layer.size, mode: '0644' }));
    const progress: Progress = { done: 0, hash: createHash('sha256') };
    await this.#registry.patiently(() => this.#receive(layer, what, progress));
    const got = `sha256:${progress.hash.digest('hex')}`;
    if (got !== layer.digest) throw corrupt(messages.corrupt(what, got, layer.digest));
    this.#end += layer.size;
    await this.#append(tarPadding(layer.size));
  }

  /** One try. The next one resumes where this one broke off, if the registry supports it. */
  async #receive(layer: Descriptor, what: string, progress: Progress): Promise<void> {
    const range: Record<string, string> = progress.done === 0 ? {} : { range: `bytes=${progress.done}-` };
    const path = `blobs/${layer.digest}`;
    const answer = await this.#registry.get(path, range);
    const continues = answer.headers['content-range']?.startsWith(`bytes ${progress.done}-`) ?? false;
    if (!continues) {
      progress.done = 0;
      progress.hash = createHash('sha256');
    }
    for await (const chunk of this.#registry.chunks(path, answer)) {
      if (progress.done + chunk.length > layer.size) {
        throw corrupt(messages.wrongSize(what, progress.done + chunk.length, layer.size));
      }
      await this.#writeAt(chunk, this.#end + progress.done);
      progress.hash.update(chunk);
      progress.done += chunk.length;
      this.#watcher.bytes?.(this.#end + progress.done, undefined);
    }
    if (progress.done < layer.size) throw corrupt(messages.wrongSize(what, progress.done, layer.size), true);
  }
}

interface Progress {
  done: number;
  hash: Hash;
}

function corrupt(message: string, again = false): WrongBytes {
  return new WrongBytes(say('image-corrupt', { message }), again);
}
