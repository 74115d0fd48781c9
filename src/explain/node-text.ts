import type { NodePlan } from '../component/plan.ts';
import type { BootBranch } from '../render/boot-order.ts';
import type { ToldNode } from './node.ts';

type Cell = string | number;

/** Columns as wide as their widest cell; numbers are right-aligned, the last column is not padded. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((cells) => String(cells[column] ?? '').length)),
  );
  const numeric = head.map((_, column) => typeof rows[0]?.[column] === 'number');
  const line = (cells: readonly Cell[]) =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return numeric[column] ? String(cell).padStart(width) : String(cell).padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return `${[head, ...rows].map(line).join('\n')}\n`;
}

function treeLines(branches: readonly BootBranch[], indent: string): string[] {
  return branches.flatMap((branch, index) => {
    const last = index === branches.length - 1;
    const [mark, below] = last ? ['└─ ', '   '] : ['├─ ', '│  '];
    const also = branch.alsoAfter.length > 0 ? ` (also after ${branch.alsoAfter.join(', ')})` : '';
    const needs = branch.requires.length > 0 ? ` (needs ${branch.requires.join(', ')})` : '';
    return [`${indent}${mark}${branch.unit}${also}${needs}`, ...treeLines(branch.children, `${indent}${below}`)];
  });
}

/** The boot order: units that start at once are at the root, units that wait are below the unit they wait for. */
export function bootText(branches: readonly BootBranch[]): string {
  return `${['knode.target', ...treeLines(branches, '')].join('\n')}\n`;
}

function budgetText(told: ToldNode): string {
  const rows = told.budget.map(({ platform, format, bytes, limit }) => {
    const share = limit === undefined ? 'no limit' : `${Math.round((100 * bytes) / limit)} %`;
    const over = limit !== undefined && bytes > limit ? `${share}, too large` : share;
    return [platform, format, bytes, limit ?? '-', over];
  });
  return table(['platform', 'format', 'bytes', 'limit', 'used'], rows);
}

/** A node in one line. */
export function nodeHeading({ node, cluster }: NodePlan): string {
  const place = node.pool === undefined ? `${node.role} ${node.index}` : `${node.role} of pool ${node.pool.name}`;
  return `${node.name}: ${place} of ${cluster.name}, Kubernetes ${cluster.versions.kubernetes}, ${node.arch}\n`;
}

/** Everything about a node, for people. */
export function nodeText(plan: NodePlan, told: ToldNode): string {
  const files = told.files.map((file) => [
    file.layer,
    file.component,
    file.secret ? `${file.mode}*` : file.mode,
    file.raw,
    file.compressed,
    file.path,
    file.from,
  ]);
  const units = told.units.map((unit) => [
    unit.layer,
    unit.component,
    unit.start ? 'at boot' : 'on demand',
    unit.name,
    unit.from,
  ]);
  const artifacts = told.artifacts.map((one) => [one.layer, one.components.join(' '), one.name, one.version, one.from]);
  const packages = told.packages.map((one) => [one.layer, one.components.join(' '), one.name, one.from]);
  const { raw, compressed } = told.userData;
  const { payload, image } = told;
  return [
    nodeHeading(plan),
    `${table(['layer', 'component', 'mode', 'raw', 'gzip', 'path', 'from'], files)}(* secret)\n`,
    `units:\n${table(['layer', 'component', 'starts', 'unit', 'from'], units)}`,
    `artifacts:\n${table(['layer', 'components', 'artifact', 'version', 'from'], artifacts)}`,
    `packages:\n${table(['layer', 'components', 'package', 'from'], packages)}`,
    ...(payload === undefined
      ? []
      : [
          `payload: ${payload.name} ${payload.version} from a mirror, ${payload.bytes} bytes: ${payload.files} files of layer image\n`,
        ]),
    ...(image === undefined ? [] : [`image: ${image.name}, which brings ${image.files} files\n`]),
    `user-data: ${raw} bytes, ${compressed} compressed\n${budgetText(told)}`,
    `boot order:\n${bootText(told.boot)}`,
  ].join('\n');
}
