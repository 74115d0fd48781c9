import { stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { failures } from '../../net/words.ts';
import { partPath } from './part-file.ts';
import type { PullTask } from './pull.ts';

/**
 * Fails before the first byte if it is known that the disk has too little space.
 * @throws DiskFailure
 */
export async function demandRoom(folder: string, tasks: readonly PullTask[]): Promise<void> {
  const missing = await Promise.all(
    tasks.map(async ({ entry, key }) => {
      const target = join(folder, key);
      const there = (await sizeAt(target)) ?? (await sizeAt(partPath(target))) ?? 0;
      return Math.max(0, (entry.size ?? 0) - there);
    }),
  );
  const want = missing.reduce((sum, bytes) => sum + bytes, 0);
  const { bavail, bsize } = await statfs(folder);
  if (want > bavail * bsize) throw failures.noRoom(folder, want, bavail * bsize);
}

async function sizeAt(path: string): Promise<number | undefined> {
  const info = await stat(path).catch(() => undefined);
  return info?.isFile() ? info.size : undefined;
}
