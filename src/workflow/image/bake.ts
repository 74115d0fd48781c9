import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { EnvironmentFailure } from '../../base/failure.ts';
import { writeNewFolder } from '../../base/files/write-tree.ts';
import { wantsPlugins } from '../../image/bake-folder.ts';
import type { ImageFolder } from './folder.ts';
import { say as told } from './messages.ts';

export interface BakeOptions {
  /** Folder for manifest, bill of materials and (qemu) image. */
  readonly output: string;
  /** `name=value` pairs for Packer. */
  readonly var?: readonly string[];
  readonly varFile?: readonly string[];
}

/** Disables Packer's update check (CHECKPOINT_DISABLE) and colours, which would also be in the log. */
export const packerEnvironment = { CHECKPOINT_DISABLE: '1', PACKER_NO_COLOR: '1' };

/**
 * The version of the installed Packer.
 * @throws EnvironmentFailure if there is none.
 */
export function packerVersion(): string {
  const asked = spawnSync('packer', ['version'], { encoding: 'utf8', env: { ...process.env, ...packerEnvironment } });
  const version = /v(\d+\.\d+\.\d+)/.exec(asked.stdout ?? '')?.[1];
  if (version === undefined) throw new EnvironmentFailure(told('no-packer'));
  return version;
}

/** Works in folders that are always removed: an interrupted process ends only after this has finished. */
export async function bakeImage(
  { image, files, environment: told }: ImageFolder & { readonly environment: NodeJS.ProcessEnv },
  packer: string,
  options: BakeOptions,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'knode-image-'));
  // Beside its final place: with qemu it holds the image, which may be too large for the temporary folder.
  const staged = resolve(options.output, `.${image}.partial`);
  try {
    const folder = join(work, 'build');
    writeNewFolder(folder, files);
    rmSync(staged, { recursive: true, force: true });
    mkdirSync(staged, { recursive: true });
    await build({ folder, staged, init: wantsPlugins(packer), environment: told }, options, signal, say);
    for (const name of readdirSync(staged)) renameSync(join(staged, name), join(options.output, name));
  } finally {
    rmSync(work, { recursive: true, force: true });
    rmSync(staged, { recursive: true, force: true });
  }
}

interface Work {
  readonly folder: string;
  readonly staged: string;
  /** Whether Packer must install its plugins. */
  readonly init: boolean;
  readonly environment: NodeJS.ProcessEnv;
}

async function build(
  { folder, staged, init, environment: told }: Work,
  options: BakeOptions,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<void> {
  const variables = [
    ...(options.varFile ?? []).map((path) => `-var-file=${resolve(path)}`),
    ...(options.var ?? []).flatMap((one) => ['-var', one]),
    ...['-var', `output=${staged}`],
  ];
  if (init) await packer(['init', folder], told, signal, say);
  await packer(['build', '-color=false', '-on-error=cleanup', ...variables, folder], told, signal, say);
}

/**
 * In a separate process group: otherwise a terminal's Ctrl-C would reach Packer as well, and a second one keeps it from
 * cleaning up.
 */
function packer(
  words: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<void> {
  return new Promise((done, reject) => {
    const child = spawn('packer', words, {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env,
    });
    const stop = () => child.kill('SIGINT');
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', say);
    child.on('error', reject);
    child.on('close', (code) => {
      signal.removeEventListener('abort', stop);
      if (code === 0 && !signal.aborted) done();
      else reject(new EnvironmentFailure(told('bake-failed', { step: words[0] ?? '' })));
    });
  });
}
