import { UserMistake } from '../base/failure.ts';
import { replaceFiles, type TreeFile, writeNewFolder } from '../base/write-tree.ts';
import { noCloudSeed } from '../cloudinit/nocloud.ts';
import type { PkiAction } from '../pki/settings.ts';
import { type CommandIo, demand, printJson } from './io.ts';
import { tellActions } from './issue.ts';
import { type NodeChoice, pickNodes } from './pick-nodes.ts';
import { readClusterFile } from './read-inputs.ts';
import { type RenderedNode, type RenderOptions, renderNodes } from './render-nodes.ts';

export interface RenderCommandOptions extends RenderOptions, NodeChoice {
  /** Write a NoCloud seed a node below this folder. */
  readonly output?: string;
  /** Write the nodes' files as a tree below this folder. */
  readonly files?: string;
}

/** `knode render`: user-data of one node on stdout, or seeds or trees of one or all. */
export async function render(options: RenderCommandOptions, io: CommandIo): Promise<void> {
  if (options.all && options.output === undefined && options.files === undefined) {
    const hint = 'add -o out/ for NoCloud seeds, or --files DIR for the files';
    throw new UserMistake([
      { severity: 'error', code: 'needs-folder', message: 'several nodes do not fit on one stdout', hint },
    ]);
  }
  const read = demand(readClusterFile(options.file), io);
  const { nodes, actions } = await renderNodes(read, pickNodes(read.cluster, options), options, io);
  if (options.dryRun) {
    tellPlan(nodes, actions, options, io);
    return;
  }
  tellActions(actions, options, io);
  if (options.files !== undefined)
    writeNewFolder(
      options.files,
      nodes.flatMap((node) => tree(node, nodes.length > 1)),
    );
  if (options.output !== undefined)
    for (const node of nodes) replaceFiles(`${options.output}/${node.plan.node.name}`, seed(node));
  if (options.json) printJson({ nodes: nodes.map(summary) }, io);
  else if (options.output === undefined && options.files === undefined) io.stdout(nodes[0]?.userData ?? '');
}

function seed({ plan, userData }: RenderedNode): TreeFile[] {
  const files = noCloudSeed(plan.cluster, plan.node, userData);
  return Object.entries(files).map(([path, content]) => ({
    path,
    content,
    mode: path === 'user-data' ? '0600' : '0644',
  }));
}

function tree({ plan, files }: RenderedNode, several: boolean): TreeFile[] {
  const folder = several ? plan.node.name : '.';
  return files.map(({ path, content, mode }) => ({ path: `${folder}${path}`, content, mode }));
}

/** Never the user-data itself: it holds keys, and `--json` output is made to be passed around. */
function summary({ plan, files, userData }: RenderedNode): object {
  return {
    name: plan.node.name,
    role: plan.node.role,
    index: plan.node.index,
    files: files.length,
    bytes: Buffer.byteLength(userData),
  };
}

function tellPlan(
  nodes: readonly RenderedNode[],
  actions: readonly PkiAction[],
  options: RenderCommandOptions,
  io: CommandIo,
): void {
  const writes = [
    ...(options.files === undefined
      ? []
      : nodes.flatMap((node) => tree(node, nodes.length > 1).map((file) => `${options.files}/${file.path}`))),
    ...(options.output === undefined
      ? []
      : nodes.flatMap((node) => seed(node).map((file) => `${options.output}/${node.plan.node.name}/${file.path}`))),
  ];
  if (options.json) {
    printJson({ nodes: nodes.map(summary), actions, writes }, io);
    return;
  }
  for (const { action, kind, id, reason } of actions) io.stdout(`${action} ${kind} ${id}: ${reason}\n`);
  for (const path of writes) io.stdout(`write ${path}\n`);
  io.stdout('dry run: nothing was written\n');
}
