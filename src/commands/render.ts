import { dirname } from 'node:path';
import {
  type FolderFiles,
  gitIgnoreAll,
  isNewFolder,
  replaceInFolders,
  type TreeFile,
  writeNewFolder,
} from '../base/files/write-tree.ts';
import { ofOption, together } from '../base/option-mistakes.ts';
import { demandFit } from '../delivery/budget.ts';
import { chooseDelivery, type Delivery, type Parcel, pack } from '../delivery/delivery.ts';
import { byteLength } from '../delivery/encode.ts';
import type { RenderedNode } from '../delivery/rendered-node.ts';
import type { PkiAction } from '../pki/settings.ts';
import { checkChoice, type NodeChoice, pickNodes } from '../workflow/pick-nodes.ts';
import { tellActions } from '../workflow/pki/issue.ts';
import { demandFolder, demandPlace, type Place, placeOf } from '../workflow/place.ts';
import { recalled } from '../workflow/recall.ts';
import { hasSource, type RenderOptions, readRenderInputs } from '../workflow/render-inputs.ts';
import { renderNodes } from '../workflow/render-nodes.ts';
import { begin, type CommandIo, type GlobalOptions, printJson } from './io.ts';

export interface RenderCommandOptions extends GlobalOptions, RenderOptions, NodeChoice {
  /** Format of the user-data: cloud-config, gzip, base64, mime or iso. */
  readonly format?: string;
  /** Chooses the format, and checks user-data against the platform's limit. */
  readonly platform?: string;
  /** Write the user-data of each node below this folder; as a NoCloud seed unless a platform or a format is given. */
  readonly output?: string;
  /** Write the nodes' files as a tree below this folder. */
  readonly files?: string;
}

/** `knode render`: user-data of one node on stdout, or files or trees of one or all nodes. */
export async function render(options: RenderCommandOptions, io: CommandIo): Promise<void> {
  const [delivery, , , opened] = together([
    () => chooseDelivery(options),
    () => checkChoice(options),
    () => demandFolder(options),
    () => begin(options, io, { sourceElsewhere: hasSource(options) }),
  ]);
  const recalledCluster = await recalled(opened);
  const { session } = recalledCluster;
  const [chosen, inputs] = together(
    [
      () => pickNodes(session.read.cluster, options),
      () => readRenderInputs(options, session),
      () => demandPlace(delivery, options, io.stdoutIsTerminal === true),
    ],
    [() => ofOption('--lock', () => session.lock)],
  );
  const { nodes, actions } = await renderNodes(recalledCluster, chosen, inputs);
  // The keys are already stored; a node that does not fit only fails this run.
  if (!options.dryRun) tellActions(actions, session);
  const parcels = pack(nodes, delivery);
  demandFit(parcels, delivery);
  if (options.dryRun) tellPlan(parcels, actions, delivery, options, io);
  else deliver(parcels, actions, delivery, options, io);
}

function deliver(
  parcels: readonly Parcel[],
  actions: readonly PkiAction[],
  delivery: Delivery,
  options: RenderCommandOptions,
  io: CommandIo,
): void {
  const { output, files } = options;
  if (files !== undefined) writeNewFolder(files, trees(parcels));
  if (output !== undefined) {
    const places = parcels.map((parcel) => placeOf(parcel, delivery, output));
    replaceInFolders([...(isKnodesOwn(output, places) ? [ignored(output)] : []), ...places]);
  }
  if (options.json) printJson(told(parcels, actions, delivery, options), io);
  else if (output === undefined && files === undefined) io.stdout(parcels[0]?.encoded.output ?? '');
}

/** Whether this run creates the folder. An existing folder is the user's, including its .gitignore. */
function isKnodesOwn(output: string, places: readonly Place[]): boolean {
  return isNewFolder(output) && places.every(({ folder }) => folder !== dirname(output));
}

const ignored = (folder: string): FolderFiles => ({ folder, files: () => [gitIgnoreAll] });

/** One node after the other: together they may not fit into memory. */
function* trees(parcels: readonly Parcel[]): Generator<TreeFile> {
  yield gitIgnoreAll;
  for (const { node } of parcels) yield* tree(node, parcels.length > 1);
}

function tree({ machine, files }: RenderedNode, several: boolean): TreeFile[] {
  const folder = several ? machine.name : '.';
  return files.map(({ path, content, mode }) => ({ path: `${folder}${path}`, content, mode }));
}

/** Never the user-data itself: it holds keys, and `--json` output may be passed on. */
function summary({ node, encoded }: Parcel, { format }: Delivery): object {
  const { machine, files, userData } = node;
  return {
    name: machine.name,
    role: machine.role,
    index: machine.index,
    files: files.length,
    bytes: Buffer.byteLength(userData),
    // The size of an image is known only once it is built.
    format: format.name,
    ...(format.seedImage ? {} : { delivered: byteLength(encoded.output) }),
  };
}

/** Files written by `-o` and `--files`. */
function writesOf(
  parcels: readonly Parcel[],
  delivery: Delivery,
  { output, files }: RenderCommandOptions,
): readonly string[] {
  const places = output === undefined ? [] : parcels.map((parcel) => placeOf(parcel, delivery, output));
  return [
    ...(files === undefined ? [] : Array.from(trees(parcels), (file) => `${files}/${file.path}`)),
    ...places.flatMap(({ folder, paths }) => paths.map((path) => `${folder}/${path}`)),
  ];
}

/** The document of `--json`. */
function told(
  parcels: readonly Parcel[],
  actions: readonly PkiAction[],
  delivery: Delivery,
  options: RenderCommandOptions,
): object {
  const nodes = parcels.map((parcel) => summary(parcel, delivery));
  return { dryRun: options.dryRun ?? false, nodes, actions, writes: writesOf(parcels, delivery, options) };
}

function tellPlan(
  parcels: readonly Parcel[],
  actions: readonly PkiAction[],
  delivery: Delivery,
  options: RenderCommandOptions,
  io: CommandIo,
): void {
  if (options.json) {
    printJson(told(parcels, actions, delivery, options), io);
    return;
  }
  for (const { action, kind, id, reason } of actions) io.stdout(`${action} ${kind} ${id}: ${reason}\n`);
  for (const path of writesOf(parcels, delivery, options)) io.stdout(`write ${path}\n`);
  io.stdout('dry run: nothing was written\n');
}
