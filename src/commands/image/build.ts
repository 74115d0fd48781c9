import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { mistake } from '../../base/failure.ts';
import { isSecretUrl } from '../../base/secret-url.ts';
import { messages } from '../../image/messages.ts';
import type { ReadCluster } from '../../model/read-cluster.ts';
import { type BakeOptions, bakeImage, packerEnvironment, packerVersion } from '../../workflow/image/bake.ts';
import { type ImageFolder, type ImageOptions, imageFolder } from '../../workflow/image/folder.ts';
import { interruptible } from '../../workflow/interrupt.ts';
import { withMemory } from '../../workflow/recall.ts';
import { begin, type CommandIo, type GlobalOptions, printJson } from '../io.ts';
import { say } from '../messages.ts';

export type ImageBuildOptions = GlobalOptions & ImageOptions & BakeOptions;

/**
 * `knode image build`: the folder of `image template`, built by the installed packer; a failure leaves nothing behind.
 */
export async function imageBuild(options: ImageBuildOptions, io: CommandIo): Promise<void> {
  const packer = packerVersion();
  const session = await withMemory(begin(options, io));
  const made = await imageFolder(session, { ...options, packer });
  demandNew(options.output, made);
  await interruptible(
    (signal) => bakeImage({ ...made, environment: bakeEnvironment(session.read) }, packer, options, signal, io.stderr),
    messages.interrupted(made.image),
  );
  const manifest = join(options.output, `${made.image}.json`);
  if (options.json) printJson({ image: made.image, manifest }, io);
  else io.stdout(`made ${made.image}\nnext: knode render --image ${manifest}\n`);
}

/**
 * Mirrors with a password or a signature: passed in the environment, so that they are in no file and on no command
 * line.
 */
function bakeEnvironment({ cluster }: ReadCluster): NodeJS.ProcessEnv {
  const { mirrors } = cluster.spec.artifacts;
  const told = mirrors.some(isSecretUrl) ? { PKR_VAR_mirrors: mirrors.join(' ') } : {};
  return { ...told, ...process.env, ...packerEnvironment };
}

/** The same inputs give an image of the same name: it need not be made twice. */
function demandNew(output: string, { image }: ImageFolder): void {
  const there = [`${image}.json`, image].map((name) => join(output, name)).find(existsSync);
  if (there === undefined) return;
  throw mistake(say('image-exists', { image, path: there }));
}
