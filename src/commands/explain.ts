import { gzipSync } from 'node:zlib';
import { formatPath } from '../base/diagnostic.ts';
import { bootOrder } from '../render/boot-order.ts';
import type { NodeFile } from '../render/node-file.ts';
import { type CommandIo, demand, printJson } from './io.ts';
import { type NodeChoice, pickNodes } from './pick-nodes.ts';
import { readClusterFile } from './read-inputs.ts';
import { type RenderedNode, type RenderOptions, renderNodes } from './render-nodes.ts';

function compressed(text: string): number {
  return gzipSync(text, { level: 9 }).length;
}

function describeFile(file: NodeFile): object {
  const { path, layer, component, mode, secret, content, from } = file;
  const bytes = { raw: Buffer.byteLength(content), compressed: compressed(content) };
  return { path, layer, component, mode, secret, ...bytes, from: from === undefined ? 'default' : formatPath(from) };
}

function describeNode({ plan, files, userData }: RenderedNode): object {
  const started = plan.units.filter((unit) => unit.start).map((unit) => unit.name);
  return {
    node: plan.node.name,
    role: plan.node.role,
    userData: { raw: Buffer.byteLength(userData), compressed: compressed(userData) },
    files: files.map(describeFile),
    units: plan.units,
    packages: plan.packages,
    artifacts: plan.artifacts,
    bootOrder: bootOrder(files, started),
  };
}

function row(cells: readonly (string | number)[], widths: readonly number[]): string {
  return cells
    .map((cell, index) =>
      typeof cell === 'number' ? String(cell).padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0),
    )
    .join('  ')
    .trimEnd();
}

function printNode({ plan, files, userData }: RenderedNode, io: CommandIo): void {
  const { node, cluster } = plan;
  const head = ['layer', 'component', 'mode', '   raw', '  gzip', 'path'];
  const rows = files.map((file) => [
    file.layer,
    file.component,
    file.secret ? `${file.mode}*` : file.mode,
    Buffer.byteLength(file.content),
    compressed(file.content),
    file.path,
  ]);
  const component = Math.max(...files.map((file) => file.component.length));
  const widths = [7, component, 5, 6, 6];
  io.stdout(
    `${node.name}: ${node.role} ${node.index} of ${cluster.name}, Kubernetes ${cluster.versions.kubernetes}, ${node.arch}\n\n`,
  );
  io.stdout(`${[head, ...rows].map((cells) => row(cells, widths)).join('\n')}\n`);
  io.stdout(`(* secret)\n\nuser-data: ${Buffer.byteLength(userData)} bytes, ${compressed(userData)} compressed\n`);
  io.stdout(`packages: ${plan.packages.join(' ')}\n`);
  io.stdout(
    `artifacts: ${plan.artifacts.map((one) => `${one.name} ${one.version}`).join(', ') || 'none'}\n\nboot order:\n`,
  );
  const started = plan.units.filter((unit) => unit.start).map((unit) => unit.name);
  for (const step of bootOrder(files, started)) {
    const waits = step.after.map((unit) => (step.requires.includes(unit) ? `${unit} (required)` : unit));
    io.stdout(`  ${step.unit}${waits.length > 0 ? `  after ${waits.join(', ')}` : ''}\n`);
  }
}

/** `knode explain`: what lands on a node. Looks only: keys that do not exist yet are made in memory and forgotten. */
export async function explain(options: RenderOptions & NodeChoice, io: CommandIo): Promise<void> {
  const read = demand(readClusterFile(options.file), io);
  const { nodes } = await renderNodes(read, pickNodes(read.cluster, options), { ...options, dryRun: true }, io);
  if (options.json) return printJson(nodes.map(describeNode), io);
  for (const node of nodes) printNode(node, io);
}
