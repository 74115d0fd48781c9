import { ofOption } from '../../base/option-mistakes.ts';
import { table } from '../../explain/node-text.ts';
import type { GoldenImageManifest } from '../../image/golden-image-manifest.ts';
import { readImage } from '../../workflow/image/golden-image.ts';
import { type CommandIo, type GlobalOptions, printJson, surroundings } from '../io.ts';

interface ImageInspectOptions extends GlobalOptions {
  readonly manifest: string;
}

/** `knode image inspect`: the content of an image, and its origin. */
export function imageInspect(options: ImageInspectOptions, io: CommandIo): void {
  const image = ofOption('<manifest>', () => readImage(options.manifest, surroundings(io)));
  if (options.json) printJson(image, io);
  else io.stdout(imageText(image));
}

function imageText(image: GoldenImageManifest): string {
  const { builtFrom, os } = image;
  const facts: readonly (readonly [string, string])[] = [
    ['for', `${image.roles.join(', ')} of ${builtFrom.cluster}, ${os.system}, ${image.arch}`],
    ['layers', image.layers.join(', ')],
    ['content', image.digest],
    ['manifest', `sha256:${image.sha256}`],
    ['cluster file', `sha256:${builtFrom.clusterFile}`],
    ['lock', `sha256:${builtFrom.lock}`],
    ['payload', `sha256:${builtFrom.payload}`],
    ...(builtFrom.base === undefined ? [] : [['base', builtFrom.base] as const]),
    ['made by', `knode ${builtFrom.knode}`],
  ];
  const width = Math.max(...facts.map(([name]) => name.length));
  const programs = image.artifacts.map((one) => [one.name, one.version, `${one.algorithm}:${one.checksum}`]);
  const files = image.files.map((one) => [one.mode, one.path, one.sha256]);
  return [
    `${image.name}\n\n${facts.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join('')}`,
    `programs:\n${table(['name', 'version', 'checksum'], programs)}`,
    `files:\n${table(['mode', 'path', 'sha256'], files)}`,
    `packages:\n${table(
      ['name', 'version'],
      image.packages.map((one) => [one.name, one.version]),
    )}`,
  ].join('\n');
}
