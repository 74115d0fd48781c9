import { createReadStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Arch } from '../../model/cluster.ts';
import { WrongBytes } from '../../net/failure.ts';
import type { Watcher } from '../../net/retry.ts';
import type { Surroundings } from '../../net/surroundings.ts';
import { failures } from '../../net/words.ts';
import { hashFile } from '../../object-store/hashing/hash-file.ts';
import type { Measured } from '../../object-store/hashing/hashes.ts';
import { replaceHost, type UpstreamHosts } from '../catalogue/upstream-hosts.ts';
import { imageOfUrl } from '../container-images/reference.ts';
import { onDisk, PartFile } from './part-file.ts';
import type { Sink } from './sink.ts';
import { type Expected, transfer, verify } from './transfer.ts';

/** The source of an artifact's bytes: an upstream host, a registry of images, or the user's own disk. */
export interface FileSource {
  /** For messages. */
  readonly place: string;
  /**
   * Puts the file in place after verification; until then it is beside its target, under a name with a dot.
   * @throws TransferFailure; a partial file that can be resumed stays.
   */
  bring(target: string, expected: Expected, surroundings: Surroundings, watcher: Watcher): Promise<Measured>;
}

export interface SourceOptions {
  readonly hosts: UpstreamHosts;
  /** Paths of the user's own files are relative to this folder. */
  readonly folder: string;
  /** Bytes of artifacts that knode makes itself, by `artifactId`. */
  readonly made?: ReadonlyMap<string, Uint8Array>;
}

/** The source for a URL of a lock. */
export function sourceOf(url: string, arch: Arch, { hosts, folder }: SourceOptions): FileSource {
  const image = imageOfUrl(url);
  if (image !== undefined) return imageSource(image, arch, hosts);
  if (url.startsWith('file:')) return localSource(resolve(folder, url.slice('file:'.length)));
  return upstreamSource(replaceHost(url, hosts));
}

function upstreamSource(url: string): FileSource {
  return {
    place: url,
    bring: (target, expected, surroundings, watcher) =>
      intoPart(target, expected, (part) => transfer(url, part, expected, surroundings, watcher)),
  };
}

/** Keeps the unfinished file for another run, except after wrong bytes. */
async function intoPart(
  target: string,
  expected: Expected,
  fill: (part: PartFile) => Promise<Measured>,
): Promise<Measured> {
  const part = await PartFile.open(target, expected.sha512 !== undefined);
  try {
    const measured = await fill(part);
    await part.finish();
    return measured;
  } catch (error) {
    await (error instanceof WrongBytes ? part.discard() : part.keep());
    throw error;
  }
}

async function verified(what: string, part: PartFile, expected: Expected): Promise<Measured> {
  const measured = await part.measured();
  verify(what, measured, expected);
  return measured;
}

function localSource(path: string): FileSource {
  return {
    place: path,
    bring: (target, expected, surroundings, watcher) =>
      intoPart(target, expected, async (part) => {
        await part.restart(undefined);
        await readLocal(path, part, surroundings.signal, watcher);
        return verified(path, part, expected);
      }),
  };
}

async function readLocal(path: string, sink: Sink, signal: AbortSignal, watcher: Watcher): Promise<void> {
  const chunks = createReadStream(path, { highWaterMark: 1 << 20, signal })[Symbol.asyncIterator]();
  for (;;) {
    const next = await chunks.next().catch((error: NodeJS.ErrnoException) => {
      signal.throwIfAborted();
      throw failures.local(path, error.code ?? error.message);
    });
    if (next.done) break;
    await sink.write(next.value as Buffer);
    watcher.bytes?.(sink.length, undefined);
  }
  await sink.flush();
}

/**
 * Size and hashes of a file on this disk.
 * @throws TransferFailure if it cannot be read.
 */
export async function measureLocal(path: string, both: boolean, signal: AbortSignal): Promise<Measured> {
  return hashFile(path, both, signal).catch((error: NodeJS.ErrnoException) => {
    signal.throwIfAborted();
    throw failures.local(path, error.code ?? error.message);
  });
}

/** Artifacts that knode makes itself need no download. */
export function madeSource(label: string, bytes: Uint8Array | undefined): FileSource {
  return {
    place: 'knode',
    bring: (target, expected) =>
      intoPart(target, expected, async (part) => {
        if (bytes === undefined) throw failures.notMade(label);
        await part.restart(undefined);
        await part.write(Buffer.from(bytes));
        await part.flush();
        return verified(label, part, expected);
      }),
  };
}

/** Always pulled as a whole: the registry's compressed data is unpacked, so it cannot be resumed. */
function imageSource(reference: string, arch: Arch, hosts: UpstreamHosts): FileSource {
  return {
    place: reference,
    bring: async (target, expected, surroundings, watcher) => {
      const staged = join(dirname(target), `.${basename(target)}.image`);
      const { pullImage } = await import('../container-images/pull.ts');
      const measured = await pullImage({ reference, arch, out: staged, hosts, surroundings, watcher });
      try {
        verify(reference, measured, expected);
        await onDisk(target, () => rename(staged, target));
      } finally {
        await rm(staged, { force: true });
      }
      return measured;
    },
  };
}
