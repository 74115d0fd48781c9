import { join } from 'node:path';
import { writeNewFolder } from '../../base/files/write-tree.ts';
import { ofOption, together } from '../../base/option-mistakes.ts';
import { type ImageOptions, imageFolder } from '../../workflow/image/folder.ts';
import { withMemory } from '../../workflow/recall.ts';
import { begin, type CommandIo, type GlobalOptions, printJson } from '../io.ts';
import { demandNewFolder } from '../new-folder.ts';

export interface ImageTemplateOptions extends GlobalOptions, ImageOptions {
  /** A new folder. */
  readonly output: string;
}

/** `knode image template`: a folder that Packer builds without changes. */
export async function imageTemplate(options: ImageTemplateOptions, io: CommandIo): Promise<void> {
  const { output, json, dryRun = false } = options;
  const [opened] = together([
    () => begin(options, io),
    () => (dryRun ? undefined : ofOption('--output', () => demandNewFolder(output))),
  ]);
  const made = await imageFolder(await withMemory(opened), options);
  const paths = made.files.map(({ path }) => join(output, path)).sort();
  if (!dryRun) writeNewFolder(output, made.files);
  if (json) return printJson({ dryRun, image: made.image, folder: output, files: paths }, io);
  if (!dryRun) {
    io.stdout(`wrote ${output}: the image ${made.image}\nnext: ${nextSteps(made.files, output)}\n`);
    return;
  }
  for (const path of paths) io.stdout(`write ${path}\n`);
  io.stdout(`dry run: nothing was written; the image would be ${made.image}\n`);
}

/** Newer versions of Packer install the builder first. */
function nextSteps(files: readonly { readonly path: string }[], output: string): string {
  const plugins = files.some((file) => file.path === 'plugins.pkr.hcl');
  return `${plugins ? `packer init ${output} && ` : ''}packer build ${output}`;
}
