import { statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { optionMistake } from '../base/failure.ts';
import type { TreeFile } from '../base/files/write-tree.ts';
import type { Delivery, DeliveryOptions, Parcel } from '../delivery/delivery.ts';
import { encode } from '../delivery/encode.ts';
import { formats } from '../delivery/format.ts';
import { findIsoTool, seedIso } from '../delivery/iso.ts';
import { noCloudSeed, seedPaths } from '../delivery/nocloud.ts';
import { say } from './messages.ts';

/**
 * Several nodes are written to a folder.
 * @throws UserMistake
 */
export function demandFolder({ output, files, all }: DeliveryOptions): void {
  if (!all || output !== undefined || files !== undefined) return;
  throw optionMistake('--all', say('needs-folder/demand-folder'));
}

/** Refuses a place that cannot hold the output, before anything is made. */
export function demandPlace(delivery: Delivery, options: DeliveryOptions, stdoutIsTerminal: boolean): void {
  const { output, files, all } = options;
  if (output !== undefined && isFileName(output)) demandFileFits(delivery, output, all);
  if (options.dryRun) return;
  if (output !== undefined) {
    if (delivery.format.seedImage) findIsoTool();
  } else if (!options.json) demandStdout(delivery, files === undefined && stdoutIsTerminal);
}

/** Whether `-o` names a file. An existing folder of such a name is used as a folder. */
function isFileName(output: string): boolean {
  const named = formats.filter(({ fileNames }) => fileNames.test(output));
  if (named.some((one) => one.seedImage)) return true;
  return named.length > 0 && !statSync(output, { throwIfNoEntry: false })?.isDirectory();
}

function demandFileFits({ format }: Delivery, output: string, all = false): void {
  if (!format.fileNames.test(output)) {
    const other = formats.find(({ fileNames }) => fileNames.test(output));
    if (other?.seedImage) throw optionMistake('--output', say('not-an-image', { output, name: other?.name }));
    throw optionMistake('--output', say('other-format', { output, name: format.name, name2: other?.name }));
  }
  if (!all) return;
  const [what, each] = format.seedImage ? ['image', 'out/NODE.iso'] : ['file', 'out/NODE/'];
  throw optionMistake('--output', say('needs-folder/demand-file-fits', { what, each }));
}

function demandStdout({ format, platform }: Delivery, onTerminal: boolean): void {
  if (format.seedImage) throw optionMistake('--format', say('needs-output'));
  const { output } = encode('', format.name, platform?.gzipsMime);
  if (onTerminal && typeof output !== 'string') {
    throw optionMistake('--format', say('bytes-on-terminal'));
  }
}

/** Files that `-o` writes for one node. Their content is made on request: an image takes a while. */
export interface Place {
  readonly folder: string;
  readonly paths: readonly string[];
  readonly files: () => readonly TreeFile[];
}

/** `-o m1.yaml` is one file with the node's user-data, `-o out/` a folder with one folder per node. */
export function placeOf(parcel: Parcel, { format, platform, seed }: Delivery, output: string): Place {
  const { machine } = parcel.node;
  const folder = join(output, machine.name);
  const seedFiles = () => noCloudSeed(parcel.node.plan.cluster, machine, parcel.encoded.output);
  const oneFile = (path: string, content: () => string | Uint8Array): Place => ({
    folder: dirname(path),
    paths: [basename(path)],
    files: () => [{ path: basename(path), content: content(), mode: '0600' }],
  });
  const named = isFileName(output);
  if (format.seedImage) return oneFile(named ? output : `${folder}.iso`, () => seedIso(seedFiles(), findIsoTool()));
  if (named) return oneFile(output, () => parcel.encoded.output);
  const paths = seed ? seedPaths : [`user-data${encode('', format.name, platform?.gzipsMime).extension}`];
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
