import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseImageReference } from '../../base/image-reference.ts';
import { TransferFailure } from '../../net/failure.ts';
import type { Watcher } from '../../net/retry.ts';
import type { Surroundings } from '../../net/surroundings.ts';
import { Hashes, type Measured } from '../../object-store/hashing/hashes.ts';
import { onDisk, partPath } from '../download/part-file.ts';
import { ImageTar } from './image-tar.ts';
import { say } from './messages.ts';
import { readOciManifest } from './oci-manifest.ts';
import { type Hosts, Registry } from './registry.ts';

export interface PullImageOptions {
  /**
   * The reference that a node uses: `registry.k8s.io/pause:3.9`. The file contains this name. From a lock's URL:
   * `imageOfUrl(url)`.
   */
  readonly reference: string;
  readonly arch: 'amd64' | 'arm64';
  /** The file to write; while it is incomplete, `partPath(out)`. */
  readonly out: string;
  /**
   * Registry host to its replacement: `{'registry.k8s.io': 'http://127.0.0.1:5000'}` or
   * `https://mirror.example.com/k8s` (a path is put before the repository); a bare host keeps https. Plain http only if
   * the URL says so, or to this machine itself.
   */
  readonly hosts: Hosts;
  readonly surroundings: Surroundings;
  /** Receives the size of the file so far. */
  readonly watcher?: Watcher;
}

/**
 * Pulls one platform of an image from its registry (OCI distribution protocol, anonymous) and writes it as one tar for
 * both `docker load` and `ctr images import`. The same image gives the same bytes on any machine, so that the file's
 * checksum can be pinned. Layers are streamed, each blob is checked against its digest, and a broken transfer resumes
 * within the call.
 * @returns size and hashes of the whole file, read back from the disk.
 * @throws TransferFailure (code, message, hint) for every external failure: a missing image or platform, a registry
 * that refuses or is down, a blob with a wrong digest (WrongBytes), a full disk (DiskFailure). Nothing is then left at
 * `out` or beside it.
 */
export async function pullImage(options: PullImageOptions): Promise<Measured> {
  const { reference, arch, out, hosts, surroundings, watcher = {} } = options;
  const image = parseImageReference(reference);
  if (image === undefined) {
    throw new TransferFailure(say('image-reference', { text: reference }));
  }
  const registry = new Registry(image, hosts, surroundings, watcher);
  const manifest = await readOciManifest(registry, image, arch);
  const part = partPath(out);
  try {
    return await onDisk(part, async () => {
      await mkdir(dirname(out), { recursive: true, mode: 0o755 });
      const file = await open(part, 'w+', 0o644);
      try {
        await new ImageTar(file, registry, watcher).write(image, manifest);
        await file.sync();
        // From the disk, not from the bytes that were written: the pinned file is the stored one.
        const hashes = new Hashes(true);
        for await (const chunk of file.createReadStream({ autoClose: false, start: 0 })) hashes.update(chunk as Buffer);
        await rename(part, out);
        return hashes.measured();
      } finally {
        await file.close();
      }
    });
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}
