/** One folder per run for the output of `rendered.ts`: RSA keys are slow, and nine referees need the same examples. */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const name = /^knode-rendered-(\d+)$/;

export function setup(): void {
  // vitest calls this for each of its projects.
  if (process.env.KNODE_RENDERED !== undefined) return;
  for (const left of readdirSync(tmpdir())) {
    const pid = name.exec(left)?.[1];
    // Of a run that was killed: it holds private keys.
    if (pid !== undefined && !existsSync(`/proc/${pid}`))
      rmSync(join(tmpdir(), left), { recursive: true, force: true });
  }
  const folder = join(tmpdir(), `knode-rendered-${process.pid}`);
  mkdirSync(folder, { mode: 0o700 });
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  process.env.KNODE_RENDERED = folder;
}

export function teardown(): void {
  const folder = process.env.KNODE_RENDERED;
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
}
