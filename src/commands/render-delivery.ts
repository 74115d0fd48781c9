import { basename, dirname, join } from 'node:path';
import { UserMistake } from '../base/failure.ts';
import { nearest } from '../base/nearest.ts';
import type { TreeFile } from '../base/write-tree.ts';
import { type Encoded, encode, type Format, formats } from '../cloudinit/format.ts';
import { findIsoTool, seedIso } from '../cloudinit/iso.ts';
import { noCloudSeed, seedPaths } from '../cloudinit/nocloud.ts';
import { type Platform, platforms } from '../cloudinit/platform.ts';
import type { CommandIo } from './io.ts';
import type { RenderedNode } from './render-nodes.ts';

/** What the user says of how user-data leaves. */
export interface DeliveryOptions {
  readonly format?: string;
  readonly platform?: string;
  readonly output?: string;
  readonly files?: string;
  readonly all?: boolean;
  readonly json?: boolean;
  readonly dryRun?: boolean;
}

export interface Delivery {
  readonly format: Format;
  /** Without one there is no limit. */
  readonly platform?: Platform;
  /** `-o` writes user-data beside meta-data and network-config, under the names that NoCloud looks for. */
  readonly seed: boolean;
}

/** A node's user-data in the form that it is delivered in; made each time it is asked for. */
export interface Parcel {
  readonly node: RenderedNode;
  readonly encoded: Encoded;
}

function mistake(code: string, message: string, hint: string): UserMistake {
  return new UserMistake([{ severity: 'error', code, message, hint }]);
}

function named<T extends string>(what: 'format' | 'platform', word: string, known: readonly T[]): T {
  const found = known.find((one) => one === word);
  if (found !== undefined) return found;
  // A beginning will do: gz, open.
  const near = nearest(word, known) ?? known.find((one) => word !== '' && one.startsWith(word));
  const hint = `${near === undefined ? '' : `did you mean '${near}'? `}${what}s: ${known.join(', ')}`;
  throw mistake(`unknown-${what}`, `there is no ${what} '${word}'`, hint);
}

function platformOf(word: string): Platform | undefined {
  const names = platforms.map((one) => one.name);
  const name = named('platform', word, names);
  return platforms.find((one) => one.name === name);
}

/** @throws UserMistake for names that are unknown, and for formats that the platform does not take. */
export function chooseDelivery(options: Pick<DeliveryOptions, 'format' | 'platform'>): Delivery {
  const format = options.format === undefined ? undefined : named('format', options.format, formats);
  if (options.platform === undefined)
    return { format: format ?? 'cloud-config', seed: format === undefined || format === 'cloud-config' };
  const platform = platformOf(options.platform);
  if (platform === undefined) throw new Error(`${options.platform} was found and is not there`);
  if (format !== undefined && !platform.formats.includes(format)) {
    const noCloud = format === 'iso' ? '; an ISO image is a seed of --platform nocloud' : '';
    const hint = `${platform.name} takes ${platform.formats.join(', ')}${noCloud}`;
    throw mistake('format-of-platform', `${platform.title} does not take ${format}`, hint);
  }
  return { format: format ?? platform.formats[0], platform, seed: platform.name === 'nocloud' && format !== 'iso' };
}

/** A place that cannot hold what is asked for is refused before anything is made. */
export function demandPlace(delivery: Delivery, options: DeliveryOptions, io: CommandIo): void {
  const { output, files, all } = options;
  if (all && output === undefined && files === undefined) {
    const hint = 'add -o out/ for NoCloud seeds, or --files DIR for the files';
    throw mistake('needs-folder', 'several nodes do not fit on one stdout', hint);
  }
  if (output?.endsWith('.iso')) demandImage(delivery, output, all);
  if (options.dryRun) return;
  if (output !== undefined) {
    if (delivery.format === 'iso') findIsoTool();
  } else if (!options.json) demandStdout(delivery, files === undefined && io.stdoutIsTerminal === true);
}

function demandImage({ format }: Delivery, output: string, all = false): void {
  if (format !== 'iso')
    throw mistake('not-an-image', `${output} would be a folder`, 'add --format iso, or name a folder: -o out/');
  if (all) {
    const hint = 'name a folder: -o out/ writes out/NODE.iso';
    throw mistake('needs-folder', 'several nodes do not fit in one image', hint);
  }
}

function demandStdout({ format, platform }: Delivery, onTerminal: boolean): void {
  if (format === 'iso')
    throw mistake('needs-output', 'an ISO image is a file', 'add -o NODE.iso, or -o DIR for DIR/NODE.iso');
  const bytes = format === 'gzip' || (format === 'mime' && platform?.gzipsMime);
  if (onTerminal && bytes)
    throw mistake('bytes-on-terminal', 'gzip is not for a terminal', 'add -o DIR, or redirect: > user-data.gz');
}

export function pack(nodes: readonly RenderedNode[], { format, platform }: Delivery): readonly Parcel[] {
  return nodes.map((node) => ({
    node,
    get encoded() {
      return encode(node.userData, format, platform?.gzipsMime);
    },
  }));
}

/** Files that `-o` writes for one node. Their content is made when it is asked for: an image takes a while. */
export interface Place {
  readonly folder: string;
  readonly paths: readonly string[];
  readonly files: () => readonly TreeFile[];
}

export function placeOf(parcel: Parcel, { format, platform, seed }: Delivery, output: string): Place {
  const { machine } = parcel.node;
  const folder = join(output, machine.name);
  const seedFiles = () => noCloudSeed(parcel.node.plan.cluster, machine, parcel.encoded.output);
  if (format === 'iso') {
    const path = output.endsWith('.iso') ? output : `${folder}.iso`;
    const image = () => [{ path: basename(path), content: seedIso(seedFiles(), findIsoTool()), mode: '0600' }];
    return { folder: dirname(path), paths: [basename(path)], files: image };
  }
  const paths = seed ? seedPaths : [`user-data${encode('', format, platform?.gzipsMime).extension}`];
  const contents = (): Record<string, string | Uint8Array> =>
    seed ? { ...seedFiles() } : { [paths[0] ?? '']: parcel.encoded.output };
  const files = () =>
    Object.entries(contents()).map(([path, content]) => ({
      path,
      content,
      mode: path.startsWith('user-data') ? '0600' : '0644',
    }));
  return { folder, paths, files };
}
