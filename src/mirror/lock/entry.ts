import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { WrongBytes } from '../../net/failure.ts';
import type { Watcher } from '../../net/retry.ts';
import type { Surroundings } from '../../net/surroundings.ts';
import type { Measured } from '../../object-store/hashing/hashes.ts';
import { publishedLockEntries } from '../catalogue/published.ts';
import { replaceHost } from '../catalogue/upstream-hosts.ts';
import { measure, publishedChecksum, sizeOf } from '../download/ask-upstream.ts';
import { measureLocal, type SourceOptions, sourceOf } from '../download/source.ts';
import { type Expected, verify } from '../download/transfer.ts';
import { say } from '../messages.ts';
import type { LockTask } from './plan.ts';
import type { ChecksumOrigin, LockEntry } from './schema.ts';

/** Context for making an entry. */
export interface LockContext extends SourceOptions {
  readonly surroundings: Surroundings;
  readonly watcher: Watcher;
}

/**
 * Completes an entry: asks upstream for a published checksum, and downloads only if sha256 or size are not available
 * otherwise.
 * @throws TransferFailure
 */
export async function lockEntry(task: LockTask, context: LockContext): Promise<LockEntry> {
  const { upstream, pin, action } = task;
  if (action === 'complete' && pin !== undefined) {
    const url = upstream.own === undefined ? pin.url : upstream.url;
    const { size } = pin;
    const expected = { size, [pin.algorithm]: pin.checksum };
    return entry(task, url, await learn(task, url, expected, context), pin.checksumFrom, pin.key);
  }
  const { expected, from } = await known(task, context);
  return entry(task, upstream.url, await learn(task, upstream.url, expected, context), from);
}

type Learnt = Pick<Measured, 'size' | 'sha256'>;

function entry(task: LockTask, url: string, learnt: Learnt, checksumFrom: ChecksumOrigin, key?: string): LockEntry {
  const { name, version, arch } = task.need;
  const { size, sha256: checksum } = learnt;
  return { name, version, arch, url, size, algorithm: 'sha256', checksum, checksumFrom, key: key ?? task.upstream.key };
}

/** The checksum from the user, from upstream, or from knode; the latter two must agree. */
async function known(
  { need, upstream }: LockTask,
  { hosts, surroundings, watcher }: LockContext,
): Promise<{ expected: Expected; from: ChecksumOrigin }> {
  if (upstream.own !== undefined) return { expected: { sha256: upstream.own.sha256 }, from: 'user' };
  const [shipped] = publishedLockEntries([need]);
  const told = shipped === undefined ? {} : { [shipped.algorithm]: shipped.checksum };
  if (upstream.published === undefined) return { expected: told, from: 'first-download' };
  const { algorithm, url } = upstream.published;
  const file = upstream.url.slice(upstream.url.lastIndexOf('/') + 1);
  const published = await publishedChecksum(replaceHost(url, hosts), file, algorithm, surroundings, watcher);
  if (shipped?.algorithm === algorithm && shipped.checksum !== published)
    throw new WrongBytes(say('checksum-differs', { url, published, shipped: shipped.checksum }));
  return { expected: { ...told, [algorithm]: published }, from: 'published' };
}

async function learn(task: LockTask, url: string, expected: Expected, context: LockContext): Promise<Learnt> {
  const { folder, hosts, surroundings, watcher } = context;
  const { size, sha256 } = expected;
  if (url.startsWith('file:')) {
    const path = resolve(folder, url.slice('file:'.length));
    const measured = await measureLocal(path, expected.sha512 !== undefined, surroundings.signal);
    verify(path, measured, expected);
    return measured;
  }
  if (sha256 !== undefined && size !== undefined) return { size, sha256 };
  if (!/^https?:/.test(url)) return pullOnce(task, url, expected, context);
  const from = replaceHost(url, hosts);
  const told = sha256 === undefined ? undefined : await sizeOf(from, surroundings, watcher);
  return sha256 !== undefined && told !== undefined
    ? { size: told, sha256 }
    : measure(from, expected, surroundings, watcher);
}

/** An image becomes a file only by being pulled. */
async function pullOnce(task: LockTask, url: string, expected: Expected, context: LockContext): Promise<Learnt> {
  const folder = await mkdtemp(join(tmpdir(), 'knode-lock-'));
  try {
    const source = sourceOf(url, task.need.arch, context);
    return await source.bring(join(folder, 'image.tar'), expected, context.surroundings, context.watcher);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
