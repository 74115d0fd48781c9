import { type DataPath, formatPath, type Span } from '../base/diagnostic.ts';
import { locate } from '../base/yaml/positions.ts';
import { writtenPath } from '../base/yaml/spelling.ts';
import type { Cluster, ClusterNode } from '../model/cluster.ts';
import { nodePath } from '../model/node-path.ts';
import type { ReadCluster } from '../model/read-cluster.ts';

/** Origin of something on a node: a place in the cluster file, or a default of knode's. */
export interface Origin {
  /** The setting, whether or not the cluster file has it. */
  readonly setting?: string;
  /** `cluster.yaml:12`, or `default`. */
  readonly from: string;
}

/** The value at a path of the cluster file as written, aliases resolved. */
export function valueAt(data: unknown, path: DataPath): { readonly found: boolean; readonly value?: unknown } {
  let value = data;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return { found: false };
    value = (value as Record<string | number, unknown>)[step];
  }
  return { found: true, value };
}

/** `cluster.yaml:12` for a setting in the cluster file. */
export function placeOf(read: ReadCluster, path: DataPath): string {
  const { file, line }: Span = locate(read.source, path);
  return `${file}:${line}`;
}

/** Finds origins in one cluster file; parses its data once. */
export function originFinder(read: ReadCluster): (path: DataPath | undefined) => Origin {
  const data: unknown = read.source.document.toJS();
  return (asked) => {
    if (asked === undefined) return { from: 'default' };
    const path = writtenPath(read.source, asked);
    const from = valueAt(data, path).found ? placeOf(read, path) : 'default';
    return { setting: formatPath(path), from };
  };
}

/** Origins that no component records: files of the `node` layer come from the node's own entry. */
export function filePath(
  file: { readonly layer: string; readonly from?: DataPath },
  node: ClusterNode,
): DataPath | undefined {
  const whole = file.from === undefined || (file.from.length === 1 && file.from[0] === 'nodes');
  return file.layer === 'node' && whole ? nodePath(node) : file.from;
}

/** The setting that names a package; undefined for packages of components. */
export function packagePath(cluster: Cluster, name: string): DataPath | undefined {
  const index = cluster.spec.os.packages.indexOf(name);
  return index < 0 ? undefined : ['os', 'packages', index];
}
