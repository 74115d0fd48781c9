import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { EnvironmentFailure, UserMistake } from '../../base/failure.ts';
import { writeNewFolder } from '../../base/files/write-tree.ts';
import { isSecretUrl } from '../../base/secret-url.ts';
import { wantsPlugins } from '../../image/bake-folder.ts';
import { messages } from '../../image/messages.ts';
import type { ReadCluster } from '../../model/read-cluster.ts';
import { type ImageFolder, type ImageOptions, imageFolder } from '../../workflow/image/folder.ts';
import { interruptible } from '../../workflow/interrupt.ts';
import { withMemory } from '../../workflow/recall.ts';
import { begin, type CommandIo, type GlobalOptions, printJson } from '../io.ts';

export interface ImageBuildOptions extends GlobalOptions, ImageOptions {
  /** Where manifest, bill of materials and (qemu) image go. */
  readonly output: string;
  readonly var?: readonly string[];
  readonly varFile?: readonly string[];
}

/** HashiCorp is not asked for news, and what Packer says stands in a log as well. */
const environment = { CHECKPOINT_DISABLE: '1', PACKER_NO_COLOR: '1' };

/** `knode image build`: the folder of `image template`, built by the packer that is installed; nothing stays when it fails. */
export async function imageBuild(options: ImageBuildOptions, io: CommandIo): Promise<void> {
  const packer = packerVersion();
  const session = await withMemory(begin(options, io));
  const made = await imageFolder(session, { ...options, packer });
  demandNew(options.output, made);
  await interruptible(
    (signal) => make({ ...made, environment: bakeEnvironment(session.read) }, packer, options, signal, io),
    messages.interrupted(made.image),
  );
  const manifest = join(options.output, `${made.image}.json`);
  if (options.json) printJson({ image: made.image, manifest }, io);
  else io.stdout(`made ${made.image}\nnext: knode render --image ${manifest}\n`);
}

/** Mirrors that want a password or a signature: by the environment, so that they are in no file and on no command line. */
function bakeEnvironment({ cluster }: ReadCluster): NodeJS.ProcessEnv {
  const { mirrors } = cluster.spec.artifacts;
  const told = mirrors.some(isSecretUrl) ? { PKR_VAR_mirrors: mirrors.join(' ') } : {};
  return { ...told, ...process.env, ...environment };
}

/** The same inputs give an image of the same name: it need not be made twice. */
function demandNew(output: string, { image }: ImageFolder): void {
  const there = [`${image}.json`, image].map((name) => join(output, name)).find(existsSync);
  if (there === undefined) return;
  const [message, hint] = [messages.imageThere(image, there), messages.imageThereHint];
  throw new UserMistake([{ severity: 'error', code: 'image-exists', message, hint }]);
}

function packerVersion(): string {
  const asked = spawnSync('packer', ['version'], { encoding: 'utf8', env: { ...process.env, ...environment } });
  const version = /v(\d+\.\d+\.\d+)/.exec(asked.stdout ?? '')?.[1];
  if (version === undefined) throw new EnvironmentFailure('no-packer', messages.noPacker, messages.noPackerHint);
  return version;
}

/** In folders that go whatever comes: an interrupted process dies when this has come to its end. */
async function make(
  { image, files, environment: told }: ImageFolder & { readonly environment: NodeJS.ProcessEnv },
  packer: string,
  options: ImageBuildOptions,
  signal: AbortSignal,
  io: CommandIo,
): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'knode-image-'));
  // Beside its place: with qemu it holds the image, which no temporary folder need have room for.
  const staged = resolve(options.output, `.${image}.partial`);
  try {
    const folder = join(work, 'build');
    writeNewFolder(folder, files);
    rmSync(staged, { recursive: true, force: true });
    mkdirSync(staged, { recursive: true });
    await build({ folder, staged, init: wantsPlugins(packer), environment: told }, options, signal, io);
    for (const name of readdirSync(staged)) renameSync(join(staged, name), join(options.output, name));
  } finally {
    rmSync(work, { recursive: true, force: true });
    rmSync(staged, { recursive: true, force: true });
  }
}

interface Work {
  readonly folder: string;
  readonly staged: string;
  /** Whether Packer has to be asked to bring its plugins. */
  readonly init: boolean;
  readonly environment: NodeJS.ProcessEnv;
}

async function build(
  { folder, staged, init, environment: told }: Work,
  options: ImageBuildOptions,
  signal: AbortSignal,
  io: CommandIo,
): Promise<void> {
  const variables = [
    ...(options.varFile ?? []).map((path) => `-var-file=${resolve(path)}`),
    ...(options.var ?? []).flatMap((one) => ['-var', one]),
    ...['-var', `output=${staged}`],
  ];
  if (init) await packer(['init', folder], told, signal, io);
  await packer(['build', '-color=false', '-on-error=cleanup', ...variables, folder], told, signal, io);
}

/** In a process group of its own: a terminal's Ctrl-C would reach it as well, and a second one keeps it from cleaning up. */
function packer(words: readonly string[], env: NodeJS.ProcessEnv, signal: AbortSignal, io: CommandIo): Promise<void> {
  return new Promise((done, reject) => {
    const child = spawn('packer', words, {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env,
    });
    const stop = () => child.kill('SIGINT');
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', io.stderr);
    child.on('error', reject);
    child.on('close', (code) => {
      signal.removeEventListener('abort', stop);
      if (code === 0 && !signal.aborted) done();
      else reject(new EnvironmentFailure('bake-failed', messages.bakeFailed(words[0] ?? ''), messages.bakeFailedHint));
    });
  });
}
