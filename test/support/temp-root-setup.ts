/**
 * One folder a run, in which everything temporary of it lies: vitest ends its workers without a word, so what each of them
 * would remove at its own end stays. It is removed when the run ends, also when a test failed or the run was interrupted.
 * KNODE_KEEP=1 keeps it and prints its path.
 */
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

const name = /^knode-test-(\d+)$/;

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

export function setup(project: TestProject): (() => void) | undefined {
  // vitest calls this for each of its projects.
  if (process.env.KNODE_TEST_TMP !== undefined) return undefined;
  const all = tmpdir();
  for (const left of readdirSync(all)) {
    const pid = name.exec(left)?.[1];
    // Of a run that was killed: it may hold private keys.
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) remove(join(all, left));
  }
  const folder = join(all, `knode-test-${process.pid}`);
  mkdirSync(folder);
  // Processes without rights pass through it to what is theirs; nobody else lists it.
  chmodSync(folder, 0o711);
  process.env.KNODE_TEST_TMP = folder;
  process.env.TMPDIR = folder;
  if (process.env.KNODE_KEEP) {
    process.stderr.write(`kept: ${folder}\n`);
    return undefined;
  }
  process.on('exit', () => {
    remove(folder);
    // vitest's own, which it leaves when it is interrupted.
    remove(project.tmpDir);
  });
  // vitest itself answers SIGINT, by its teardown.
  for (const [signal, number] of [['SIGTERM', 15] as const, ['SIGHUP', 1] as const])
    process.once(signal, () => process.exit(128 + number));
  return () => remove(folder);
}
